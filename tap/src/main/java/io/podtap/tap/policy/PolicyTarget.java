/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.policy;

/** Whatever options change of. */
@FunctionalInterface
public interface PolicyTarget {

  /**
   * Uses what one option says from now on; all that was captured before stays as it is.
   *
   * @param option the one that differs from what is in use
   * @param next all settings
   * @throws io.podtap.core.config.SettingsException when that cannot be; what was in use stays
   */
  void change(LiveOption option, PolicySettings next);
}
