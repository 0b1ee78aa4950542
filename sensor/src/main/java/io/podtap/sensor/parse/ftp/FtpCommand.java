/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.ftp;

/**
 * A command that waits for its reply.
 *
 * @param timeNs when it came
 * @param name in upper case
 */
record FtpCommand(long timeNs, String name, String argument) {

  /** Stands for what the greeting answers. */
  static final String GREETING = "<init>";

  /** What a reply belongs to when nothing waits. */
  static final FtpCommand NONE = new FtpCommand(0, "<unknown>", "");
}
