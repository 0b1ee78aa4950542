/**
 * Joins what names owners of addresses (the API's watch, reports of taps, journals) to the logs of
 * one sensor, by the settings of a user.
 */
@NullMarked
package io.podtap.sensor.identity.source;

import org.jspecify.annotations.NullMarked;
