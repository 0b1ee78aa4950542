/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.module.ModuleDescriptor;
import org.junit.jupiter.api.Test;

class BuildVersionTest {

  @Test
  void isThatOfTheModule() {
    ModuleDescriptor module =
        ModuleDescriptor.newModule("io.podtap.core").version("0.2.0-SNAPSHOT").build();

    assertThat(BuildVersion.of(module)).isEqualTo("0.2.0-SNAPSHOT");
  }

  @Test
  void isUnknownWithoutADescriptorOrAVersion() {
    assertThat(BuildVersion.of(null)).isEqualTo("development");
    assertThat(BuildVersion.of(ModuleDescriptor.newModule("other").build()))
        .isEqualTo("development");
    assertThat(BuildVersion.text()).isNotEmpty();
  }
}
