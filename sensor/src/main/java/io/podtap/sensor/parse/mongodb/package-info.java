/**
 * MongoDB: commands are counted by name in {@code requests.log}; what they carry is skipped. One
 * thread.
 *
 * @see "MongoDB wire protocol: message header, OP_MSG, OP_QUERY; BSON 1.1"
 */
@NullMarked
package io.podtap.sensor.parse.mongodb;

import org.jspecify.annotations.NullMarked;
