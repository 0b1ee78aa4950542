/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.cli.edges;

import io.podtap.core.config.SettingsException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/** The files of one log in a folder: the current one, and those that rotation has made. */
final class LogFiles {

  private static final int GZIP_MAGIC = 0x1F8B;

  private LogFiles() {}

  /**
   * Returns the files of a log by name: {@code NAME.log} and {@code NAME.FROM-TO.log.gz}.
   *
   * @throws SettingsException when the folder cannot be read
   */
  static List<Path> find(Path folder, String log) {
    Pattern name = Pattern.compile(Pattern.quote(log) + "([.-][-.:_0-9A-Za-z]*)?\\.log(\\.gz)?");
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> name.matcher(String.valueOf(file.getFileName())).matches())
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new SettingsException("folder '" + folder + "' cannot be read: " + e.getMessage(), e);
    }
  }

  /** Opens a file, uncompressed where it is compressed; the caller closes it. */
  static InputStream open(Path file) throws IOException {
    BufferedInputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
    in.mark(2);
    int magic = in.read() << 8 | in.read();
    in.reset();
    try {
      return magic == GZIP_MAGIC ? new BufferedInputStream(new GZIPInputStream(in), 1 << 16) : in;
    } catch (IOException e) {
      in.close();
      throw e;
    }
  }
}
