/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podtap.core.config.SettingsException;
import io.podtap.sensor.notice.AgeTable;
import io.podtap.sensor.notice.DetectionKind;
import io.podtap.sensor.notice.NoticeStage;
import io.podtap.sensor.notice.Notices;
import io.podtap.sensor.notice.RecentKeys;
import io.podtap.sensor.notice.WorkloadNames;
import io.podtap.sensor.notice.catalog.Detections;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What detections must be like to run behind a broker. */
class DetectionGroupTest {

  /**
   * Fields that may change and are no state: settings, made at the start, of the record at hand,
   * answers that are looked up again where they are missing, and what filters of sensors ask.
   */
  private static final Set<String> NO_STATE =
      Set.of(
          "Networks.networks",
          "DetectionValues.values",
          "WatcherDetection.shared",
          "WatcherDetection.watcher",
          "WorkloadRecords.claimed",
          "WorkloadRecords.names",
          "WorkloadRecords.watchers",
          "SeenRecord.external",
          "SeenRecord.log",
          "SeenRecord.logged",
          "SeenRecord.originator",
          "SeenRecord.originatorField",
          "SeenRecord.responder",
          "SeenRecord.responderField",
          "Lookups.isAnyTarget",
          "RememberedTest.answers",
          "RememberedTest.last",
          "RememberedTest.lastAnswer",
          "Repeats.firsts",
          "Repeats.numbers",
          "Repeats.seconds",
          "Repeats.sinceNs");

  @Test
  void everyNameIsADetection() {
    List<String> all = Detections.all().stream().map(DetectionKind::name).toList();
    assertThat(DetectionGroup.allDetections()).isSubsetOf(all).doesNotHaveDuplicates();
  }

  /** Whoever takes an event only to be early takes the record as well. */
  @Test
  void theyNeedLogsAlone() {
    Set<String> events = new TreeSet<>();
    stages().values().forEach(stage -> events.addAll(stage.logs()));
    assertThat(events).containsAll(Router.LOGS);
    events.removeAll(Router.LOGS);
    assertThat(events)
        .as("events besides logs: is everything that they tell in conn as well?")
        .isSubsetOf("connection_established", "connection_rejected", "protocol_confirmed");
  }

  private static Map<DetectionGroup, NoticeStage> stages() {
    return GroupStages.make(
        DetectionsAcrossPartitionsTest.settings(1).notices(),
        new NoticeOutput((_, _) -> {}),
        WorkloadNames.NONE);
  }

  /** What is in no table would be forgotten by the instance that continues. */
  @Test
  void theyKeepTheirStateInTables() throws IllegalAccessException {
    Set<String> state = new TreeSet<>();
    Set<Object> visited = Collections.newSetFromMap(new IdentityHashMap<>());
    for (NoticeStage stage : stages().values()) {
      for (Object one : stage.stateful().values()) {
        if (!(one instanceof Notices)) {
          find(one, visited, state);
        }
      }
    }
    assertThat(state).isSubsetOf(NO_STATE);
    assertThat(visited).hasSizeGreaterThan(30);
    long bytes = 0;
    for (Object one : visited) {
      bytes += bound(one);
    }
    assertThat(bytes).as("what docs/detect.md promises").isBetween(32L << 20, 96L << 20);
  }

  private static void find(Object object, Set<Object> visited, Set<String> state)
      throws IllegalAccessException {
    Class<?> type = object.getClass();
    boolean isDetections =
        type.getPackageName().startsWith("io.podtap.sensor.notice")
            && !type.isRecord()
            && !type.isEnum()
            && !type.isHidden();
    if (!isDetections || object instanceof Notices || !visited.add(object)) {
      return;
    }
    if (object instanceof AgeTable || object instanceof RecentKeys) {
      return;
    }
    List<Field> fields = new ArrayList<>(List.of(type.getDeclaredFields()));
    for (Class<?> above = type.getSuperclass(); above != Object.class; ) {
      fields.addAll(List.of(above.getDeclaredFields()));
      above = above.getSuperclass();
    }
    for (Field field : fields) {
      if (Modifier.isStatic(field.getModifiers())) {
        continue;
      }
      field.setAccessible(true);
      Object value = field.get(object);
      if (!Modifier.isFinal(field.getModifiers()) || isChangeable(value)) {
        state.add(type.getSimpleName() + '.' + field.getName());
      }
      if (value != null) {
        find(value, visited, state);
      }
    }
  }

  /** Returns what a table may take at most, bytes. */
  private static long bound(Object one) throws IllegalAccessException {
    for (Field field : one.getClass().getDeclaredFields()) {
      if (field.getName().equals("bytesMax") || field.getName().equals("capacityMax")) {
        field.setAccessible(true);
        long each = field.getName().equals("bytesMax") ? 1 : Long.BYTES + Integer.BYTES;
        return each * ((Number) field.get(one)).longValue();
      }
    }
    return 0;
  }

  private static boolean isChangeable(Object value) {
    boolean holds = value instanceof Collection || value instanceof Map;
    boolean isFixed = holds && value.getClass().getName().startsWith("java.util.Immutable");
    return (holds && !isFixed) || (value != null && value.getClass().isArray());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          detect=scan,lost-evidence | detection 'lost-evidence' runs in sensors only
          detect=scan,scam | detection 'scam' is not known
          scan.scan_treshold=3 | option 'scan.scan_treshold' of detections is not known
          guessing.window=soon | invalid value 'soon' of option guessing.window
          """)
  void saysInOneLineWhatIsInvalid(String option, String line) {
    assertThatThrownBy(() -> new Router(DetectionsAcrossPartitionsTest.settings(1, option)))
        .isInstanceOf(SettingsException.class)
        .hasMessageStartingWith(line)
        .hasMessageNotContaining("\n");
  }
}
