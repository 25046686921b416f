package io.byssus.client.direct;

import io.byssus.clustermap.replicas.Replica;
import io.byssus.model.ByssusException;
import io.grpc.MethodDescriptor;
import java.util.function.Function;

/**
 * What one replica is asked in the place of a dispatcher, and how its answers become a
 * dispatcher's.
 *
 * @param shard the shard that is read
 * @param replica which one
 * @param method the server's method
 * @param question for the server
 * @param answer makes an answer of the server one of a dispatcher, called in their order; null
 *     where there is nothing to pass on; throws a {@link ByssusException} where the answer is not
 *     good enough
 */
record DirectRoute<S, P, R>(
    int shard, Replica replica, MethodDescriptor<S, P> method, S question, Function<P, R> answer) {}
