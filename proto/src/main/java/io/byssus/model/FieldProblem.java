package io.byssus.model;

/**
 * What is wrong with one field of a request.
 *
 * @param field the field's path, as in {@code key.partition_key} or {@code operations[3].put}
 * @param problem a sentence that names the limit, as in {@code is 1048577 bytes; the limit is
 *     1048576}
 */
public record FieldProblem(String field, String problem) {}
