/**
 * MQTT: connections, messages and subscriptions in {@code mqtt_connect.log}, {@code
 * mqtt_publish.log}, {@code mqtt_subscribe.log}. Of long packets the beginning is read. One thread.
 *
 * @see "OASIS MQTT 3.1.1 and 5.0"
 */
@NullMarked
package io.podtap.sensor.parse.mqtt;

import org.jspecify.annotations.NullMarked;
