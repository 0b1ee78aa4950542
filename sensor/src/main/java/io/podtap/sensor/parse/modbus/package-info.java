/**
 * Modbus over TCP (Modbus Messaging on TCP/IP Implementation Guide): recognised by its header.
 */
@NullMarked
package io.podtap.sensor.parse.modbus;

import org.jspecify.annotations.NullMarked;
