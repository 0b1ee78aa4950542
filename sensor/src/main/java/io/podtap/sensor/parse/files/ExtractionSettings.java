/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.files;

import io.podtap.core.config.SettingsException;
import java.util.List;

/**
 * Which files are kept, and where.
 *
 * @param folder empty for none
 * @param mimeTypes types to keep, {@code image/*} for all of one kind; empty for every file
 * @param fileBytesMax bytes of one file; the rest is left out
 * @param bytesMax bytes in the folder, with those that are there already
 * @param filesMax files that are written
 */
public record ExtractionSettings(
    String folder, List<String> mimeTypes, long fileBytesMax, long bytesMax, long filesMax) {

  /** Bytes of one file unless said otherwise: Zeek's. */
  public static final long FILE_BYTES_DEFAULT = 100L << 20;

  /** Bytes in the folder unless said otherwise. */
  public static final long BYTES_DEFAULT = 1L << 30;

  /** Files unless said otherwise. */
  public static final long FILES_DEFAULT = 10_000;

  /** No file is kept. */
  public static final ExtractionSettings NONE =
      new ExtractionSettings("", List.of(), FILE_BYTES_DEFAULT, BYTES_DEFAULT, FILES_DEFAULT);

  public ExtractionSettings {
    mimeTypes = List.copyOf(mimeTypes);
    if (fileBytesMax < 1 || bytesMax < 1 || filesMax < 1) {
      throw new SettingsException("limits of extracted files must be at least 1");
    }
    for (String type : mimeTypes) {
      int slash = type.indexOf('/');
      if (slash <= 0 || slash != type.lastIndexOf('/') || slash == type.length() - 1) {
        throw new SettingsException(
            "invalid MIME type '" + type + "'; give type/subtype or type/*");
      }
    }
  }

  /** Returns whether no file is kept. */
  public boolean isOff() {
    return folder.isEmpty();
  }

  /** Returns the part of one of several workers. */
  public ExtractionSettings ofWorker(int workers) {
    return new ExtractionSettings(
        folder,
        mimeTypes,
        fileBytesMax,
        Math.max(1, bytesMax / workers),
        Math.max(1, filesMax / workers));
  }

  /** Returns whether files of a type are kept; empty for one that is not known. */
  boolean takes(String mimeType) {
    if (mimeTypes.isEmpty()) {
      return true;
    }
    for (int i = 0; i < mimeTypes.size(); i++) {
      String wanted = mimeTypes.get(i);
      boolean isAny = wanted.endsWith("/*");
      if (isAny
          ? mimeType.startsWith(wanted.substring(0, wanted.length() - 1))
          : mimeType.equals(wanted)) {
        return true;
      }
    }
    return false;
  }
}
