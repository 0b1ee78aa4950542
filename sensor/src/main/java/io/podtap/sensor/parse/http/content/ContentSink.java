/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.http.content;

import io.podtap.sensor.parse.Payload;

/** Takes the content of one message or of one part of it. One thread. */
public interface ContentSink {

  /** Takes the next bytes. */
  void data(Payload data);

  /** Says that the next {@code length} bytes will never come. */
  void gap(long length);

  /** Says that nothing more comes. */
  void end();
}
