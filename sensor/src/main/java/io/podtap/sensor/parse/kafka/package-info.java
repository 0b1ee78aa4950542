/**
 * Kafka: requests are counted by kind in {@code requests.log}; what they carry is skipped. One
 * thread.
 *
 * @see "Apache Kafka, protocol guide: request header versions 0 to 2, response header"
 */
@NullMarked
package io.podtap.sensor.parse.kafka;

import org.jspecify.annotations.NullMarked;
