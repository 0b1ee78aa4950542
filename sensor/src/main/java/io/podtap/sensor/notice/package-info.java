/**
 * The stage behind {@code log}: finished records in, notices out.
 *
 * <p>A {@link io.podtap.sensor.notice.DetectionKind} declares one detection: its name, its options
 * with defaults and units, the notices it raises with the text of their documentation, and how it
 * is started. A {@link io.podtap.sensor.notice.Detection} subscribes to logs and to events of
 * parsers, keeps bounded state, and raises notices through {@link io.podtap.sensor.notice.Notices},
 * which suppresses duplicates, applies exceptions, writes notice.log and passes notices on to
 * actions.
 *
 * <p>{@link io.podtap.sensor.notice.NoticeSink} stands in front of the sink of records; without it
 * nothing here runs. Detections run on the thread that writes the record, under one lock when there
 * are several. Time is that of packets.
 *
 * @see "Zeek's notice framework"
 */
@NullMarked
package io.podtap.sensor.notice;

import org.jspecify.annotations.NullMarked;
