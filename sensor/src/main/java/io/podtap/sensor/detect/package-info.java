/**
 * Detections behind a broker: records of many sensors in, one notice for each finding out.
 *
 * <p>{@link io.podtap.sensor.detect.Router} sends each record to the partitions where its ends are
 * at home, {@link io.podtap.sensor.detect.PartitionDetections} runs the sensor's detections on what
 * one partition gets, and gives their state as entries of bytes. Neither knows the broker: a {@link
 * io.podtap.sensor.detect.DetectEngine} joins them, a service that a jar beside the sensor
 * provides. Each object belongs to one thread.
 */
@NullMarked
package io.podtap.sensor.detect;

import org.jspecify.annotations.NullMarked;
