/**
 * Records on their way to a message broker.
 *
 * <p>In: formatted records from the threads that analyse packets, which never wait here. Out: the
 * same records to a {@link io.podtap.sensor.broker.BrokerClient}, in order, by one thread of the
 * {@link io.podtap.sensor.broker.Outbox}. What does not fit is dropped and counted by log. The
 * client itself is not part of this module: it is found by {@link java.util.ServiceLoader} when it
 * is asked for, so that a sensor without a broker does not carry it.
 */
@NullMarked
package io.podtap.sensor.broker;

import org.jspecify.annotations.NullMarked;
