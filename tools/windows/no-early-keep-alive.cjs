// Loaded before everything under Wine only: there a connection on which keep-alive was switched on before it was made fails with
// `connect UNKNOWN`, also in Node's own fetch. Real Windows has no such trouble.
const { Socket } = require('node:net');
const setKeepAlive = Socket.prototype.setKeepAlive;
Socket.prototype.setKeepAlive = function (...args) {
  return this.connecting || this.pending ? this : setKeepAlive.apply(this, args);
};
