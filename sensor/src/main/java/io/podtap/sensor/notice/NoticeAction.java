/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice;

import java.util.Map;

/** What is done with a notice besides writing it to notice.log. */
public interface NoticeAction extends AutoCloseable {

  /** Takes a notice, which is not changed any more. Does not wait. */
  void onNotice(Notice notice);

  /** Returns what it is called in counts: {@code webhook} or {@code events}. */
  default String name() {
    return "";
  }

  /** Returns deliveries by outcome. Any thread. */
  default Map<String, Long> counts() {
    return Map.of();
  }

  /** Returns why deliveries fail now, in one line, or an empty text. Any thread. */
  default String problem() {
    return "";
  }

  /** Delivers what waits, within a time limit. */
  @Override
  void close();
}
