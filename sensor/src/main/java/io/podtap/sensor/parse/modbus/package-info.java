/**
 * Modbus over TCP: which function was asked for, and what was answered.
 *
 * <p>In: a TCP connection to port 502, also from its middle on. Out: {@code modbus.log}, one record
 * for each message. What is kept of a message ends with the message (MODBUS Messaging on TCP/IP
 * Implementation Guide). One thread.
 */
@NullMarked
package io.podtap.sensor.parse.modbus;

import org.jspecify.annotations.NullMarked;
