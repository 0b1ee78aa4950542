/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice;

/** What is done with a notice besides writing it to notice.log. */
public interface NoticeAction extends AutoCloseable {

  /** Takes a notice, which is not changed any more. Does not wait. */
  void onNotice(Notice notice);

  /** Delivers what waits, within a time limit. */
  @Override
  void close();
}
