/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import io.podtap.sensor.parse.files.ExtractionSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.StringTokenizer;
import picocli.CommandLine.Option;

/** Options of every command that analyses packets: which files are kept. */
final class ExtractionOptions {

  @Option(
      names = "--extract-files",
      paramLabel = "DIR",
      description = "Folder in which files are kept that connections carry (default: none).")
  private String folder = "";

  @Option(
      names = "--extract-types",
      paramLabel = "TYPE/SUBTYPE,TYPE/*,...",
      description = "MIME types, by content, of files to keep (default: every file).")
  private String types = "";

  @Option(
      names = "--extract-file-bytes",
      defaultValue = "" + ExtractionSettings.FILE_BYTES_DEFAULT,
      paramLabel = "BYTES",
      description = "Bytes kept of one file at most (default: ${DEFAULT-VALUE}).")
  private long fileBytes = ExtractionSettings.FILE_BYTES_DEFAULT;

  @Option(
      names = "--extract-bytes",
      defaultValue = "" + ExtractionSettings.BYTES_DEFAULT,
      paramLabel = "BYTES",
      description =
          "Bytes in the folder at most, with files of earlier runs (default: ${DEFAULT-VALUE}).")
  private long bytes = ExtractionSettings.BYTES_DEFAULT;

  @Option(
      names = "--extract-count",
      defaultValue = "" + ExtractionSettings.FILES_DEFAULT,
      paramLabel = "NUMBER",
      description = "Files that are kept at most (default: ${DEFAULT-VALUE}).")
  private long count = ExtractionSettings.FILES_DEFAULT;

  /**
   * Returns what the options ask for.
   *
   * @throws io.podtap.core.config.SettingsException when a limit or a type is invalid
   */
  ExtractionSettings settings() {
    List<String> wanted = new ArrayList<>();
    StringTokenizer words = new StringTokenizer(types, ", ");
    while (words.hasMoreTokens()) {
      wanted.add(words.nextToken());
    }
    return new ExtractionSettings(folder, wanted, fileBytes, bytes, count);
  }
}
