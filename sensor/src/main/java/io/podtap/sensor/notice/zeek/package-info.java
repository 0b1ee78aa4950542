/**
 * Detections that Zeek has, with its names, options and thresholds.
 *
 * @see "Zeek's policy scripts; the package bro-simple-scan"
 */
@NullMarked
package io.podtap.sensor.notice.zeek;

import org.jspecify.annotations.NullMarked;
