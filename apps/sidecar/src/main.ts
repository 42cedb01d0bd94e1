#!/usr/bin/env node
throw new Error("receipt-sidecar does nothing yet");
