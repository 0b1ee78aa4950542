/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.config;

import java.lang.module.ModuleDescriptor;
import org.jspecify.annotations.Nullable;

/** The version of this build, as Maven writes it into the module's descriptor. */
public final class BuildVersion {

  /** On the class path, where tests run, there is no descriptor. */
  private static final String UNKNOWN = "development";

  private BuildVersion() {}

  /** Returns the version, such as {@code 0.2.0} or {@code 0.2.0-SNAPSHOT}. */
  public static String text() {
    return of(BuildVersion.class.getModule().getDescriptor());
  }

  /** Returns the version of {@code module}, which is null for the unnamed one. */
  static String of(@Nullable ModuleDescriptor module) {
    return module == null ? UNKNOWN : module.rawVersion().orElse(UNKNOWN);
  }
}
