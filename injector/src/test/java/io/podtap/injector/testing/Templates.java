/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.testing;

import io.podtap.injector.inject.PodSecurity;
import io.podtap.injector.inject.Resources;
import io.podtap.injector.inject.TapTemplate;
import java.util.Map;

/** Taps to put into pods. */
public final class Templates {

  /** As by the options' defaults, for a sensor at an address. */
  public static final TapTemplate PLAIN =
      new TapTemplate(
          "podtap:1",
          "",
          true,
          1,
          Map.of("sensor", "10.0.0.3", "interface", "eth0", "vni", "42"),
          "",
          new Resources("50m", "64Mi", "250m", "256Mi"),
          PodSecurity.PRIVILEGED);

  private Templates() {}
}
