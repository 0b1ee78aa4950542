/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.sink;

import io.podtap.core.config.SettingsException;
import java.nio.file.Path;

/**
 * How logs are kept in a folder.
 *
 * @param older what becomes of a file that an earlier run has left
 * @param bufferBytes size at which one thread's records of one log are written to its file
 */
public record FolderSettings(Path folder, Rotation rotation, Older older, int bufferBytes) {

  /** What becomes of a file of an earlier run. Its records stay in any case. */
  public enum Older {
    /** New records go behind the old ones. */
    APPENDED_TO,
    /** It gets the name of a rotated file, and is compressed. */
    PUT_AWAY
  }

  private static final int BUFFER_BYTES = 64 << 10;

  public FolderSettings {
    if (bufferBytes < 1) {
      throw new SettingsException("a buffer of " + bufferBytes + " bytes is too small");
    }
  }

  /** A file of an earlier run is appended to. */
  public static FolderSettings appending(Path folder, Rotation rotation) {
    return new FolderSettings(folder, rotation, Older.APPENDED_TO, BUFFER_BYTES);
  }
}
