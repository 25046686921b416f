/** The few words that every process shares: positions, the shard hash, limits, errors. */
package io.byssus.model;
