/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.content;

import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.PayloadWatch;
import io.podtap.sensor.sink.LogSink;
import org.jspecify.annotations.Nullable;

/** Both watches of payload, where detections want both. */
public final class PayloadWatches implements PayloadWatch {

  private final PayloadWatch content;
  private final PayloadWatch starts;
  private final Payload again = new Payload();

  private PayloadWatches(PayloadWatch content, PayloadWatch starts) {
    this.content = content;
    this.starts = starts;
  }

  /** Returns what watches payload for the detections behind a sink, or null where none wants it. */
  public static @Nullable PayloadWatch of(LogSink sink) {
    PayloadWatch content =
        sink.events(ContentRow.schema()) == null
            ? null
            : new ContentWatch(sink.open(ContentRow.schema()));
    PayloadWatch starts = StreamStarts.of(sink);
    if (content == null || starts == null) {
      return content == null ? starts : content;
    }
    return new PayloadWatches(content, starts);
  }

  @Override
  public void onPayload(Flow flow, boolean fromOriginator, Payload data, long nowNs) {
    again.wrap(data, 0, data.length());
    content.onPayload(flow, fromOriginator, data, nowNs);
    starts.onPayload(flow, fromOriginator, again, nowNs);
  }

  @Override
  public void onText(Flow flow, boolean fromOriginator, String text, long nowNs) {
    content.onText(flow, fromOriginator, text, nowNs);
    starts.onText(flow, fromOriginator, text, nowNs);
  }
}
