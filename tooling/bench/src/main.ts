throw new Error("no benchmark is written yet");
