/** How bodies are read. The content type is not looked at: FastChat's clients are not all exact there. */
import express, { type RequestHandler } from 'express';

const anyType = (): boolean => true;

/** Bodies of control calls, as JSON. */
export const controlBody: RequestHandler = express.json({ limit: '1mb', type: anyType });

/** Bodies that are relayed unchanged, as bytes. */
export const relayBody: RequestHandler = express.raw({ limit: '50mb', type: anyType });
