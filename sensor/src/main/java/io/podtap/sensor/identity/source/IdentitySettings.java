/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.identity.source;

import io.podtap.core.config.SettingsException;
import io.podtap.core.kubernetes.ServiceAccount;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Where owners of addresses come from, and which logs name them.
 *
 * @param namespaces whose pods and services the API is asked for; empty for all
 * @param hasEndpoints whether the API is asked for what is behind services
 * @param files journals of earlier runs, in the order of their times
 * @param logs names of the logs that name owners; empty for all
 * @param account how the API is reached
 */
public record IdentitySettings(
    Mode mode,
    List<String> namespaces,
    boolean hasEndpoints,
    List<Path> files,
    Set<String> logs,
    ServiceAccount account) {

  /** No log names anybody. */
  public static final IdentitySettings NONE =
      new IdentitySettings(
          Mode.NONE,
          List.of(),
          /* hasEndpoints= */ false,
          List.of(),
          Set.of(),
          ServiceAccount.of(Map.of(), ServiceAccount.USUAL_FOLDER));

  private static final long MIB = 1 << 20;
  private static final long API_BYTES_MAX = 32 * MIB;
  private static final long REPORTS_BYTES_MAX = 8 * MIB;

  /** Who is asked. */
  public enum Mode {
    /** The Kubernetes API and reports of taps. */
    API,
    /** Reports of taps. */
    REPORTS,
    /** Nobody. */
    NONE
  }

  public IdentitySettings {
    namespaces = List.copyOf(namespaces);
    files = List.copyOf(files);
    logs = Set.copyOf(logs);
    if (mode != Mode.API && !namespaces.isEmpty()) {
      throw new SettingsException("--identity-namespaces requires --identity api");
    }
    if (mode != Mode.API && hasEndpoints) {
      throw new SettingsException("--identity-endpoints requires --identity api");
    }
  }

  /** Returns whether logs have columns for owners. */
  public boolean isOn() {
    return mode != Mode.NONE || !files.isEmpty();
  }

  /** Returns what bindings may take of a heap. */
  public long bindingBytesMax(long heapBytes) {
    if (!files.isEmpty()) {
      return heapBytes / 4;
    }
    return switch (mode) {
      case API -> Math.min(API_BYTES_MAX, heapBytes / 8);
      case REPORTS -> Math.min(REPORTS_BYTES_MAX, heapBytes / 32);
      case NONE -> 0;
    };
  }

  /** Returns what names from DNS answers may take of a heap. */
  public long nameBytesMax(long heapBytes) {
    return isOn() ? Math.min(8 * MIB, heapBytes / 32) : 0;
  }

  /** Returns what owners may take of a heap in all. */
  public long bytesMax(long heapBytes) {
    return bindingBytesMax(heapBytes) + nameBytesMax(heapBytes);
  }
}
