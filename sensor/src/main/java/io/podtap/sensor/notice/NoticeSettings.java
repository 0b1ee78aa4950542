/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice;

import io.podtap.core.config.SettingsException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which detections run, and with which options.
 *
 * @param detections names of those that run; empty for all that run by default
 * @param values by option
 * @param exceptions file of {@link NoticeExceptions}, or null
 * @param folder from which paths in options are taken, or null for the working folder
 */
public record NoticeSettings(
    Set<String> detections,
    Map<String, List<String>> values,
    @Nullable Path exceptions,
    @Nullable Path folder) {

  /** Options that belong to no detection. */
  public static final List<DetectionOption> COMMON =
      List.of(
          new DetectionOption(
              "site.local_nets", DetectionOption.Type.TEXTS, "", "Networks that are local."),
          new DetectionOption(
              "site.private_address_space_is_local",
              DetectionOption.Type.TRUTH,
              "true",
              "Whether private address space is local as well."),
          new DetectionOption(
              "site.local_zones", DetectionOption.Type.TEXTS, "", "Domains that are local."),
          new DetectionOption(
              "site.darknet_address_space",
              DetectionOption.Type.TEXTS,
              "",
              "Local networks without hosts."));

  public NoticeSettings {
    detections = Set.copyOf(detections);
    values = Map.copyOf(values);
  }

  /** Returns settings in which nothing is changed. */
  public static NoticeSettings standard() {
    return new NoticeSettings(Set.of(), Map.of(), /* exceptions= */ null, /* folder= */ null);
  }

  /**
   * Returns the detections that run; checks every name and option.
   *
   * @throws SettingsException when a name is not known
   */
  public List<DetectionKind> chosen(List<DetectionKind> kinds) {
    Set<String> names = new TreeSet<>();
    Set<String> options = new TreeSet<>();
    COMMON.forEach(option -> options.add(option.name()));
    List<DetectionKind> chosen = new ArrayList<>();
    for (DetectionKind kind : kinds) {
      names.add(kind.name());
      kind.options().forEach(option -> options.add(option.name()));
      if (detections.isEmpty() ? kind.isDefault() : detections.contains(kind.name())) {
        chosen.add(kind);
      }
    }
    for (String name : detections) {
      if (!names.contains(name)) {
        throw new SettingsException(
            "detection '" + name + "' is not known; available: " + String.join(", ", names));
      }
    }
    for (String option : values.keySet()) {
      if (!options.contains(option)) {
        throw new SettingsException("option '" + option + "' of detections is not known");
      }
    }
    return chosen;
  }

  /** Returns what is local. */
  public Site site() {
    DetectionValues own =
        new DetectionValues(
            new DetectionKind(
                "site", "", true, COMMON, List.of(), List.of(), context -> records -> {}),
            new HashMap<>(values));
    return new Site(
        new Networks(own.texts("site.local_nets")),
        own.isTrue("site.private_address_space_is_local"),
        own.texts("site.local_zones"),
        new Networks(own.texts("site.darknet_address_space")));
  }
}
