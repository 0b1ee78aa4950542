/**
 * What detections need of the bytes that flows carry: payload in, records of {@code content.log}
 * out.
 *
 * <p>{@link io.podtap.sensor.notice.content.ContentWatch} looks at the first bytes of each message
 * of a stream and at the beginning of each datagram, while dispatch feeds them to parsers. What it
 * finds is a record like any other, so that detections run on logs alone. Without detections there
 * is no watch. Nothing is copied unless a message is suspicious. One thread.
 */
@NullMarked
package io.podtap.sensor.notice.content;

import org.jspecify.annotations.NullMarked;
