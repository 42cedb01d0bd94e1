#!/usr/bin/env node
throw new Error("receipt-sync does nothing yet");
