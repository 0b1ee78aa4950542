/**
 * {@code podtap detect} as a topology of Kafka Streams.
 *
 * <pre>
 *   podtap.conn, podtap.dns, ... --route--> records by partition --detect--> podtap.detected
 *                                                                  |
 *                                                                state, in memory and in a changelog
 * </pre>
 *
 * <p>In: records of sensors, one topic for each log. Out: notices. What a record changes in the
 * state, the notices that it led to and how far topics were read are one transaction, so after a
 * crash another instance continues as if there had been none. Streams' own threads.
 */
@NullMarked
package io.podtap.kafka.detect;

import org.jspecify.annotations.NullMarked;
