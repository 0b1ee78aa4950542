/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.tests.LogMapping.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every field of every log has a field of the Elastic Common Schema and of OCSF, or a reason; what
 * they are mapped to exists and takes their type. {@code tests/mapping} has the names and types of
 * the schemas. Run with {@code -DupdateReferences=true} to write the page anew.
 */
class LogMappingTest {

  private static final Pattern SPACE = Pattern.compile(" ");

  /** What a value is, whatever the schema calls it. */
  private enum Kind {
    TEXT,
    NUMBER,
    TIME,
    ADDRESS,
    TRUTH,
    /** Seconds, with decimals. */
    SECONDS
  }

  private static Kind ofLog(String type) {
    String element = type.replaceFirst("^(?:set|vector)\\[(.*)]$", "$1");
    return switch (element) {
      case "time" -> Kind.TIME;
      case "interval" -> Kind.SECONDS;
      case "count", "int", "port", "double" -> Kind.NUMBER;
      case "bool" -> Kind.TRUTH;
      case "addr" -> Kind.ADDRESS;
      case "string", "enum" -> Kind.TEXT;
      default -> throw new IllegalStateException("a new type of fields: " + type);
    };
  }

  private static boolean hasSeveral(String type) {
    return type.endsWith("]");
  }

  private static Kind ofSchema(String type) {
    return switch (type.replace("[]", "")) {
      case "date" -> Kind.TIME;
      case "long", "float", "integer_t", "float_t", "long_t", "port_t", "timestamp_t" ->
          Kind.NUMBER;
      case "boolean", "boolean_t" -> Kind.TRUTH;
      case "ip", "ip_t" -> Kind.ADDRESS;
      case "keyword",
          "wildcard",
          "match_only_text",
          "string_t",
          "hostname_t",
          "username_t",
          "file_name_t",
          "file_path_t",
          "file_hash_t",
          "email_t",
          "mac_t",
          "url_t",
          "resource_uid_t",
          "uuid_t" ->
          Kind.TEXT;
      default -> throw new IllegalStateException("nothing of a log has the type " + type);
    };
  }

  /** Returns what a value is behind its conversion; what cannot be converted fits nowhere. */
  private static Kind converted(Kind kind, String conversion) {
    return switch (conversion) {
      case "" -> kind;
      case "nanoseconds", "seconds", "milliseconds", "whole_seconds" ->
          kind == Kind.SECONDS || kind == Kind.TIME ? Kind.NUMBER : Kind.TRUTH;
      case "text" -> kind == Kind.NUMBER || kind == Kind.ADDRESS ? Kind.TEXT : Kind.TRUTH;
      case "number" -> kind == Kind.TEXT ? Kind.NUMBER : Kind.TRUTH;
      case "outcome", "status", "flag" -> kind == Kind.TRUTH ? Kind.TEXT : Kind.TIME;
      case "address" -> kind == Kind.TEXT ? Kind.ADDRESS : Kind.TRUTH;
      case "first", "lower", "mac", "tls", "indicator", "fingerprint" -> kind;
      default -> throw new IllegalStateException("unknown conversion " + conversion);
    };
  }

  @ParameterizedTest
  @ValueSource(strings = {"ecs", "ocsf"})
  void everyFieldHasATargetOrAReason(String schema) throws IOException {
    LogMapping mapping = LogMapping.read(schema);
    Map<String, Map<String, String>> declared = LogMapping.declared();
    assertThat(mapping.logs().keySet()).isEqualTo(declared.keySet());
    List<String> missing = new ArrayList<>();
    Set<String> conversions = new HashSet<>();
    Set<String> reasons = new HashSet<>();
    Set<String> seen = new HashSet<>();
    declared.forEach((log, fields) -> {
      Map<String, Target> targets = mapping.log(log).fields();
      fields
          .keySet()
          .forEach(field -> {
            Target target = targets.getOrDefault(field, Target.NONE);
            if (target.equals(Target.NONE)) {
              missing.add(log + '.' + field);
            }
            seen.add(log + '.' + field);
            reasons.add(target.reason());
            conversions.add(target.conversion());
          });
    });
    assertThat(missing)
        .as("fields of logs that docs/mapping/%s.yaml does not have, LOG.FIELD", schema)
        .isEmpty();
    reasons.remove("");
    conversions.remove("");
    assertThat(reasons).isEqualTo(mapping.reasons().keySet());
    assertThat(conversions).isEqualTo(mapping.conversions().keySet());
    Set<String> everywhere = common(mapping);
    mapping
        .logs()
        .forEach((log, of) ->
            assertThat(of.fields().keySet())
                .as("what the mapping says of %s.log is a field of it", log)
                .allMatch(field ->
                    everywhere.contains(field)
                        || seen.contains(log + '.' + field)
                        || seen.contains(of.like() + '.' + field)));
  }

  /** Returns the fields that the mapping has for every log. */
  private static Set<String> common(LogMapping mapping) {
    Set<String> common = null;
    for (LogMapping.Log log : mapping.logs().values()) {
      if (common == null) {
        common = new HashSet<>(log.fields().keySet());
      }
      common.retainAll(log.fields().keySet());
    }
    return common == null ? Set.of() : common;
  }

  private static List<List<String>> lines(String schema) throws IOException {
    Path file = Repository.root().resolve("tests/mapping/" + schema + ".txt");
    return Files.readAllLines(file).stream().map(line -> List.of(SPACE.split(line, -1))).toList();
  }

  /** Adds what is wrong with a target; {@code found} is its type, or empty when there is none. */
  private static void check(
      List<String> problems, String log, String field, Target target, String type, String found) {
    String what = log + '.' + field + " -> " + target.field() + ' ';
    if (found.isEmpty()) {
      problems.add(what + "does not exist");
      return;
    }
    Kind kind = converted(ofLog(type), target.conversion());
    boolean isCode = target.conversion().equals("status") || target.conversion().equals("flag");
    if (isCode && ofSchema(found) == Kind.NUMBER) {
      kind = Kind.NUMBER;
    }
    if (kind != ofSchema(found)) {
      problems.add(what + "is " + found + ", the field is " + type);
    }
    if (hasSeveral(type) && !hasSeveral(found) && !target.conversion().equals("first")) {
      problems.add(what + "has one value, the field is " + type);
    }
  }

  /** Several fields of a record would overwrite each other in a field that has one value. */
  private static void checkValues(
      List<String> problems,
      String log,
      Map<String, Target> targets,
      Set<String> fields,
      Map<String, Boolean> several) {
    Map<String, String> taken = new HashMap<>();
    for (String field : fields) {
      Target target = targets.getOrDefault(field, Target.NONE);
      if (target.isMapped() && !several.getOrDefault(target.field(), false)) {
        String other = taken.put(target.field(), field);
        if (other != null) {
          problems.add(log + '.' + field + " has the target of " + other + ": " + target.field());
        }
      }
    }
  }

  /** Returns whether a field of ECS, or an object that it is in, may be there several times. */
  private static boolean hasSeveral(Map<String, String> types, String field) {
    for (int end = field.length(); end > 0; end = field.lastIndexOf('.', end - 1)) {
      String type = types.getOrDefault(field.substring(0, end), "");
      if (hasSeveral(type) || type.equals("nested")) {
        return true;
      }
    }
    return false;
  }

  @Test
  void fieldsOfEcsExistAndTakeTheType() throws IOException {
    LogMapping mapping = LogMapping.read("ecs");
    Map<String, String> types = new HashMap<>();
    Set<String> values = new HashSet<>();
    for (List<String> line : lines("ecs")) {
      switch (line.getFirst()) {
        case "version" -> assertThat(line.get(1)).isEqualTo(mapping.version());
        case "field" -> types.put(line.get(1), line.get(2));
        case "value" -> values.add(line.get(1) + '=' + line.get(2));
        default -> throw new IllegalStateException("unknown line " + line);
      }
    }
    Map<String, Boolean> several = new HashMap<>();
    types.keySet().forEach(field -> several.put(field, hasSeveral(types, field)));
    List<String> problems = new ArrayList<>();
    for (Map.Entry<String, Map<String, String>> log : LogMapping.declared().entrySet()) {
      LogMapping.Log mapped = mapping.log(log.getKey());
      mapped
          .constants()
          .forEach((field, of) ->
              of.forEach(
                  value -> assertThat(values).as(log.getKey()).contains(field + '=' + value)));
      assertThat(mapped.constants().keySet())
          .containsExactly("event.kind", "event.category", "event.type");
      log.getValue()
          .forEach((field, type) -> {
            Target target = mapped.fields().getOrDefault(field, Target.NONE);
            if (target.isMapped()) {
              String found = types.getOrDefault(target.field(), "").replace("[]", "");
              boolean isArray = several.getOrDefault(target.field(), false);
              check(problems, log.getKey(), field, target, type, found + (isArray ? "[]" : ""));
            }
          });
      checkValues(problems, log.getKey(), mapped.fields(), log.getValue().keySet(), several);
    }
    assertThat(problems).isEmpty();
  }

  /** Classes and objects of OCSF. */
  private static final class Ocsf {
    private final Map<String, Map<String, String>> classes = new HashMap<>();
    private final Map<String, Map<String, String>> objects = new HashMap<>();
    private final Map<String, Set<String>> activities = new HashMap<>();
    private final Map<String, Set<String>> required = new HashMap<>();
    private String version = "";

    Ocsf(List<List<String>> lines) {
      String name = "";
      boolean isClass = false;
      Map<String, String> attributes = new HashMap<>();
      for (List<String> line : lines) {
        String word = line.get(1);
        switch (line.getFirst()) {
          case "version" -> version = word;
          case "class" -> {
            name = word;
            isClass = true;
            attributes = new HashMap<>(classes.getOrDefault("base_event", Map.of()));
            classes.put(name, attributes);
            activities.put(name, new TreeSet<>());
            required.put(name, new TreeSet<>(required.getOrDefault("base_event", Set.of())));
          }
          case "object" -> {
            name = word;
            isClass = false;
            attributes = new HashMap<>();
            objects.put(name, attributes);
          }
          case "activity" -> Objects.requireNonNull(activities.get(name)).add(word);
          case "attribute" -> {
            attributes.put(word, line.get(2));
            if (isClass && line.get(3).equals("required")) {
              Objects.requireNonNull(required.get(name)).add(word);
            }
          }
          default -> throw new IllegalStateException("unknown line " + line);
        }
      }
    }

    /**
     * Returns the type at a path, with {@code []} where anything on the way has several values;
     * empty when there is no such attribute.
     */
    String type(String eventClass, String path) {
      Map<String, String> attributes = Objects.requireNonNull(classes.get(eventClass));
      String type = "";
      boolean several = false;
      for (String step : path.split("\\.", -1)) {
        type = attributes.getOrDefault(step, "");
        if (type.isEmpty()) {
          return "";
        }
        several |= hasSeveral(type);
        attributes = objects.getOrDefault(type.replace("[]", ""), Map.of());
      }
      return type.replace("[]", "") + (several ? "[]" : "");
    }
  }

  @Test
  void attributesOfOcsfExistAndTakeTheType() throws IOException {
    LogMapping mapping = LogMapping.read("ocsf");
    Ocsf schema = new Ocsf(lines("ocsf"));
    assertThat(schema.version).isEqualTo(mapping.version());
    List<String> problems = new ArrayList<>();
    for (Map.Entry<String, Map<String, String>> log : LogMapping.declared().entrySet()) {
      LogMapping.Log mapped = mapping.log(log.getKey());
      String eventClass = mapped.eventClass();
      assertThat(schema.classes).as(log.getKey()).containsKey(eventClass);
      mapped
          .constants()
          .keySet()
          .forEach(path -> assertThat(schema.type(eventClass, path)).as(path).isNotEmpty());
      assertThat(schema.activities.get(eventClass))
          .as(log.getKey())
          .containsAll(mapped.constants().get("activity_id"));
      Set<String> covered = new HashSet<>(mapping.always());
      mapped.constants().keySet().forEach(path -> covered.add(first(path)));
      Map<String, Boolean> several = new HashMap<>();
      log.getValue()
          .forEach((field, type) -> {
            Target target = mapped.fields().getOrDefault(field, Target.NONE);
            if (target.isMapped()) {
              String found = schema.type(eventClass, target.field());
              several.put(target.field(), hasSeveral(found));
              covered.add(first(target.field()));
              check(problems, log.getKey(), field, target, type, found);
            }
          });
      Set<String> required = new TreeSet<>(schema.required.get(eventClass));
      required.removeAll(covered);
      if (!required.isEmpty()) {
        problems.add(log.getKey() + " has nothing for what is required: " + required);
      }
      checkValues(problems, log.getKey(), mapped.fields(), log.getValue().keySet(), several);
    }
    assertThat(problems).isEmpty();
  }

  private static String first(String path) {
    int point = path.indexOf('.');
    return point < 0 ? path : path.substring(0, point);
  }

  @Test
  void thePageSaysWhatTheFilesSay() throws IOException {
    Path page = Repository.root().resolve("docs/mapping/README.md");
    String expected = page();
    if (Boolean.getBoolean("updateReferences")) {
      Files.writeString(page, expected);
    }
    assertThat(Files.readString(page)).isEqualTo(expected);
  }

  private static String page() throws IOException {
    LogMapping ecs = LogMapping.read("ecs");
    LogMapping ocsf = LogMapping.read("ocsf");
    StringBuilder page =
        new StringBuilder(
            """
            # Logs in ECS and OCSF

            Where each field of the [logs](../logs.md) goes in the Elastic Common Schema (ECS %s) and in the Open Cybersecurity
            Schema Framework (OCSF %s). The same is in the files [`ecs.yaml`](ecs.yaml) and [`ocsf.yaml`](ocsf.yaml), from which
            a pipeline can be generated; they are in the release archive, too. This page is made from them, and a test checks
            them against the schemas.

            A field that the schema does not have keeps its name: `%s` in ECS, `%s` in OCSF.
            The tables leave these fields out; the files have a reason for each. A word behind a target says what has to be
            done with the value. The fields `k8s.*` are in every log of connections.

            """
                .formatted(ecs.version(), ocsf.version(), ecs.own(), ocsf.own()));
    page.append("| conversion | meaning |\n| --- | --- |\n");
    Map<String, String> conversions = new HashMap<>(ecs.conversions());
    ocsf.conversions()
        .forEach((name, meaning) ->
            conversions.merge(
                name, meaning, (one, other) -> one.equals(other) ? one : one + "; " + other));
    new TreeSet<>(conversions.keySet())
        .forEach(name ->
            page.append("| ")
                .append(name)
                .append(" | ")
                .append(conversions.get(name))
                .append(" |\n"));
    for (Map.Entry<String, Map<String, String>> log : LogMapping.declared().entrySet()) {
      describe(page, log.getKey(), log.getValue().keySet(), ecs, ocsf);
    }
    return page.toString();
  }

  private static void describe(
      StringBuilder page, String log, Set<String> fields, LogMapping ecs, LogMapping ocsf) {
    LogMapping.Log inEcs = ecs.log(log);
    LogMapping.Log inOcsf = ocsf.log(log);
    List<String> constants = new ArrayList<>();
    inEcs
        .constants()
        .forEach(
            (name, values) -> constants.add("`" + name + ": " + String.join(", ", values) + '`'));
    page.append("\n## ").append(log).append(".log\n\nECS ").append(String.join(", ", constants));
    page.append(". OCSF `").append(inOcsf.eventClass()).append("`.\n\n");
    page.append("| field | ECS | OCSF |\n| --- | --- | --- |\n");
    for (String field : fields) {
      Target one = inEcs.fields().getOrDefault(field, Target.NONE);
      Target other = inOcsf.fields().getOrDefault(field, Target.NONE);
      if (one.isMapped() || other.isMapped()) {
        page.append("| `").append(field).append("` | ").append(cell(one));
        page.append(" | ").append(cell(other)).append(" |\n");
      }
    }
  }

  private static String cell(Target target) {
    if (!target.isMapped()) {
      return "";
    }
    String conversion = target.conversion().isEmpty() ? "" : ' ' + target.conversion();
    return '`' + target.field() + '`' + conversion;
  }
}
