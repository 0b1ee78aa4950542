/**
 * The state of detections as bytes: what changed goes out, what was kept comes in.
 *
 * <p>In: a {@link io.podtap.sensor.notice.NoticeStage} whose detections keep what they know in
 * {@link io.podtap.sensor.notice.AgeTable}s. Out: one entry for each key of each table that may
 * have changed since the last call, for a store that another process can continue from. The tables
 * are found by looking into the detections, so a detection does nothing for it. One thread.
 */
@NullMarked
package io.podtap.sensor.notice.state;

import org.jspecify.annotations.NullMarked;
