/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse;

import io.podtap.sensor.flow.Flow;

/**
 * Sees what parsers see, behind them: for detections that need bytes which no record has. Absent
 * where there are none. One thread.
 */
public interface PayloadWatch {

  /**
   * Takes bytes of a stream, in order, or one datagram, after parsers had them.
   *
   * @param data valid during the call
   * @param nowNs time of the packet, nanoseconds since 1970
   */
  void onPayload(Flow flow, boolean fromOriginator, Payload data, long nowNs);

  /**
   * Takes text that a parser had to decode, such as a header field of HTTP/2.
   *
   * @param text one character a byte
   */
  void onText(Flow flow, boolean fromOriginator, String text, long nowNs);
}
