import { virtualClock } from "@rsync/testkit";
import { type FarRegion, transportContract } from "@rsync/testkit/contracts";
import { formatReply } from "./line-reply.ts";
import { lineServer } from "./line-server.ts";
import { lineTransport } from "./line-transport.ts";
import { type AskedLine, parseQuestion } from "./line-wire.ts";

transportContract("lines of JSON over TCP", () => {
  const clock = virtualClock();
  const serve = (region: FarRegion) =>
    lineServer(async (line, socket) => {
      const answer = await ask(region, parseQuestion(line));
      if (answer.kind === "cut") socket.destroy();
      else if (answer.kind === "half") socket.write('{"headers":');
      else if (answer.kind === "nonsense") socket.write("220 mail ready\n");
      else socket.write(formatReply(answer));
    });
  return { transport: lineTransport({ clock }), clock, serve };
});

function ask(region: FarRegion, { sender, question }: AskedLine) {
  if (question.kind === "send") return region.send(sender, question.receipt, question.envelope);
  return question.kind === "read" ? region.read(sender, question.receiptId) : region.describe(sender);
}
