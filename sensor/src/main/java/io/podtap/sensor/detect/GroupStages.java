/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.detect;

import io.podtap.core.config.SettingsException;
import io.podtap.sensor.notice.DetectionKind;
import io.podtap.sensor.notice.NoticeSettings;
import io.podtap.sensor.notice.NoticeStage;
import io.podtap.sensor.notice.WorkloadNames;
import io.podtap.sensor.notice.catalog.Detections;
import io.podtap.sensor.sink.LogSink;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Makes the stages of detections that run behind a broker, one for each group. */
final class GroupStages {

  private GroupStages() {}

  /**
   * Makes the stages of those groups of which a detection was chosen.
   *
   * @param sink takes notices
   * @throws SettingsException when an option is invalid, or a detection runs in sensors alone
   */
  static Map<DetectionGroup, NoticeStage> make(
      NoticeSettings settings, LogSink sink, WorkloadNames names) {
    List<DetectionKind> all = Detections.all();
    settings.chosen(all); // every name and option is known
    List<String> possible = DetectionGroup.allDetections();
    for (String name : settings.detections()) {
      if (!possible.contains(name)) {
        throw new SettingsException("detection '" + name + "' runs in sensors only");
      }
    }
    Map<DetectionGroup, NoticeStage> stages = new EnumMap<>(DetectionGroup.class);
    for (DetectionGroup group : DetectionGroup.values()) {
      List<DetectionKind> kinds =
          all.stream()
              .filter(kind -> group.detections().contains(kind.name()) && isChosen(kind, settings))
              .toList();
      if (!kinds.isEmpty()) {
        NoticeSettings own = settings(settings, kinds);
        stages.put(group, new NoticeStage(kinds, own, sink.another(), names, List.of()));
      }
    }
    return stages;
  }

  private static boolean isChosen(DetectionKind kind, NoticeSettings settings) {
    return settings.detections().isEmpty()
        ? kind.isDefault()
        : settings.detections().contains(kind.name());
  }

  /** Returns the settings of some detections alone. */
  private static NoticeSettings settings(NoticeSettings settings, List<DetectionKind> kinds) {
    Set<String> names = new HashSet<>();
    Set<String> options = new HashSet<>();
    NoticeSettings.COMMON.forEach(option -> options.add(option.name()));
    for (DetectionKind kind : kinds) {
      names.add(kind.name());
      kind.options().forEach(option -> options.add(option.name()));
    }
    Map<String, List<String>> values = new HashMap<>(settings.values());
    values.keySet().retainAll(options);
    return new NoticeSettings(names, values, settings.exceptions(), settings.folder());
  }
}
