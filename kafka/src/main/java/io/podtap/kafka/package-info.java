/**
 * The sensor's connection to Kafka, through Kafka's own producer.
 *
 * <p>In: messages from the one thread of the sensor's outbox. Out: batches to the brokers, sent by
 * the producer's thread. Deployed beside the sensor, on the class path, and found as a service: no
 * module, since the producer is none. Settings are those of Kafka's documentation, "Producer
 * Configs".
 */
@NullMarked
package io.podtap.kafka;

import org.jspecify.annotations.NullMarked;
