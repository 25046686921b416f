/**
 * How any Byssus process runs: its configuration file, its data directory, its gRPC and metrics
 * ports, and how it starts, tells its state and stops. Nothing here knows what a process is for.
 */
package io.byssus.process;
