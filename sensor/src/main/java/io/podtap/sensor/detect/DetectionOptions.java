/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.detect;

import io.podtap.sensor.notice.NoticeSettings;
import io.podtap.sensor.notice.NoticeSettingsFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that choose detections and set their options, the same wherever detections run. */
public final class DetectionOptions {

  @Option(
      names = "--notice-options",
      paramLabel = "FILE",
      description =
          "Options of detections, as a JSON object; its member detect lists those that run.")
  private @Nullable Path file;

  @Option(
      names = "--detect",
      paramLabel = "NAME=VALUE",
      description = "An option of a detection, such as scan.scan_threshold=25; repeatable.")
  private List<String> detect = new ArrayList<>();

  @Option(
      names = "--notice-exceptions",
      paramLabel = "FILE",
      description =
          "Findings that need no notice, one in a line: notice, source, destination, until, why;"
              + " read again when it changes.")
  private @Nullable Path exceptions;

  /** Returns whether any detection or option of one was given. */
  public boolean isAnyGiven() {
    return file != null || !detect.isEmpty();
  }

  /** Returns whether exceptions were given, which are of no use without detections. */
  public boolean hasExceptions() {
    return exceptions != null;
  }

  /**
   * Reads the files.
   *
   * @throws io.podtap.core.config.SettingsException when one cannot be read or an option is invalid
   */
  public NoticeSettings read() {
    return NoticeSettingsFile.read(file, detect, exceptions);
  }
}
