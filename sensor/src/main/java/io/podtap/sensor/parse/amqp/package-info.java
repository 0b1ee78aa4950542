/**
 * AMQP 0-9-1 and 1.0: methods and performatives are counted by name in {@code requests.log}; what
 * they carry is skipped. One thread.
 *
 * @see "AMQP 0-9-1 sections 2.3.5 and 4.2; OASIS AMQP 1.0 part 2"
 */
@NullMarked
package io.podtap.sensor.parse.amqp;

import org.jspecify.annotations.NullMarked;
