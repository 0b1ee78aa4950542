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
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/** The files of one log in a folder: the current one, and those that rotation has made. */
final class LogFiles {

  private static final String COMPRESSED = ".gz";
  private static final int GZIP_MAGIC = 0x1F8B;

  private LogFiles() {}

  /**
   * Returns the files of a log by name: {@code NAME.log} and {@code NAME.FROM-TO.log.gz}. A file
   * that is there both compressed and not, as for a moment when it was compressed, is one.
   *
   * @throws SettingsException when the folder cannot be read
   */
  static List<Path> find(Path folder, String log) {
    if (!Files.isDirectory(folder)) {
      throw new SettingsException(
          Files.exists(folder)
              ? "invalid --logs '" + folder + "': expected the folder of the logs"
              : "folder '" + folder + "' does not exist");
    }
    Pattern name = Pattern.compile(Pattern.quote(log) + "([.-][-.:_0-9A-Za-z]*)?\\.log(\\.gz)?");
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> name.matcher(String.valueOf(file.getFileName())).matches())
          .filter(Files::isRegularFile)
          .filter(file -> !isCompressed(file) || !Files.exists(uncompressed(file)))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new SettingsException("folder '" + folder + "' cannot be read: " + e.getMessage(), e);
    }
  }

  private static boolean isCompressed(Path file) {
    return String.valueOf(file.getFileName()).endsWith(COMPRESSED);
  }

  private static Path uncompressed(Path file) {
    String name = String.valueOf(file.getFileName());
    return file.resolveSibling(name.substring(0, name.length() - COMPRESSED.length()));
  }

  /**
   * Opens a file, uncompressed where it is compressed; the caller closes it. One that was
   * compressed since it was found is opened where it is now.
   */
  static InputStream open(Path file) throws IOException {
    BufferedInputStream in = new BufferedInputStream(bytes(file), 1 << 16);
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

  private static InputStream bytes(Path file) throws IOException {
    try {
      return Files.newInputStream(file);
    } catch (NoSuchFileException e) {
      if (isCompressed(file)) {
        throw e;
      }
      return Files.newInputStream(file.resolveSibling(file.getFileName() + COMPRESSED));
    }
  }
}
