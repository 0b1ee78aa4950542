/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.detect;

import java.io.PrintStream;

/** Runs detections between topics of a broker; a service that a jar beside the sensor provides. */
public interface DetectEngine {

  /**
   * Runs until {@link DetectRun#stop}.
   *
   * @param run takes what is counted, and says when to end
   * @param out takes a line for each problem
   * @return the exit code: 0 when it was told to end, 1 when it cannot continue
   * @throws io.podtap.core.config.SettingsException when the settings cannot be right
   */
  int run(DetectSettings settings, DetectRun run, PrintStream out);
}
