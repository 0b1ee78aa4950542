/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tests;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * One file of {@code docs/mapping}: fields of our logs as fields of another schema.
 *
 * @param own how a field without one of the schema is called
 * @param conversions what they do, by their names
 * @param reasons why a field is not mapped, by their names
 * @param always attributes that every event has
 */
record LogMapping(
    String schema,
    String version,
    String own,
    Map<String, String> conversions,
    Map<String, String> reasons,
    List<String> always,
    Map<String, Log> logs) {

  private static final Pattern ROW = Pattern.compile("(?m)^\\| `([^`]+)` \\| `([^`]+)` \\|");
  private static final Pattern IDENTITY = Pattern.compile("`(k8s\\.[a-z_.]+)`");

  /**
   * What becomes of one field.
   *
   * @param field of the schema; empty when there is none
   * @param conversion what has to be done with a value; empty for nothing
   * @param reason why there is none; empty when there is one
   */
  record Target(String field, String conversion, String reason) {

    /** Of a field that the file does not have. */
    static final Target NONE = new Target("", "", "");

    boolean isMapped() {
      return !field.isEmpty();
    }
  }

  /**
   * What becomes of one log.
   *
   * @param eventClass of OCSF; otherwise empty
   * @param constants fields of the schema that have the same value in every record
   * @param like another log, whose fields this one has as well; otherwise empty
   */
  record Log(
      String eventClass,
      Map<String, List<String>> constants,
      Map<String, Target> fields,
      String like) {}

  /** Reads the file of one schema. */
  static LogMapping read(String schema) throws IOException {
    Map<String, Object> file =
        map(
            new Load(LoadSettings.builder().build())
                .loadFromString(
                    Files.readString(
                        Repository.root().resolve("docs/mapping/" + schema + ".yaml"))));
    Map<String, Target> common = new LinkedHashMap<>();
    Map<String, Object> commonPart = new LinkedHashMap<>(map(file.get("common")));
    @Nullable Object unmapped = commonPart.remove("unmapped");
    add(common, commonPart, unmapped);
    Map<String, Log> logs = new TreeMap<>();
    Map<String, Object> all = map(file.get("logs"));
    all.forEach((name, value) -> logs.put(name, log(all, common, map(value))));
    return new LogMapping(
        text(file.get("schema")),
        text(file.get("version")),
        text(file.get("own")),
        texts(file.get("conversions")),
        texts(file.get("reasons")),
        list(file.get("always")),
        logs);
  }

  private static Log log(
      Map<String, Object> all, Map<String, Target> common, Map<String, Object> log) {
    Map<String, List<String>> constants = new LinkedHashMap<>();
    map(log.get("constants")).forEach((field, values) -> constants.put(field, list(values)));
    Map<String, Target> fields = new LinkedHashMap<>(common);
    String like = text(log.get("like"));
    if (!like.isEmpty()) {
      Map<String, Target> others = new LinkedHashMap<>();
      Map<String, Object> other = map(all.get(like));
      add(others, map(other.get("fields")), other.get("unmapped"));
      fields.putAll(others);
    }
    Map<String, Target> own = new LinkedHashMap<>();
    add(own, map(log.get("fields")), log.get("unmapped"));
    fields.putAll(own);
    return new Log(text(log.get("class")), constants, fields, like);
  }

  private static void add(
      Map<String, Target> targets, Map<String, Object> fields, @Nullable Object unmapped) {
    fields.forEach((name, value) -> {
      Target target =
          value instanceof Map<?, ?>
              ? new Target(text(map(value).get("field")), text(map(value).get("convert")), "")
              : new Target(text(value), "", "");
      put(targets, name, target);
    });
    map(unmapped)
        .forEach((reason, names) ->
            list(names).forEach(name -> put(targets, name, new Target("", "", reason))));
  }

  /** Returns what is mapped of a log. */
  Log log(String name) {
    return Objects.requireNonNull(logs.get(name), name);
  }

  private static void put(Map<String, Target> targets, String name, Target target) {
    if (targets.put(name, target) != null) {
      throw new IllegalStateException(name + " is there twice");
    }
  }

  /** Returns the fields of every log with their types, by the reference pages. */
  static Map<String, Map<String, String>> declared() throws IOException {
    Map<String, Map<String, String>> logs = new TreeMap<>();
    List<String> identity =
        IDENTITY
            .matcher(Files.readString(Repository.root().resolve("docs/identity.md")))
            .results()
            .map(result -> result.group(1))
            .toList();
    try (var pages = Files.list(Repository.root().resolve("docs/logs"))) {
      for (var page : pages.sorted().toList()) {
        Map<String, String> fields = new LinkedHashMap<>();
        for (MatchResult row : ROW.matcher(Files.readString(page)).results().toList()) {
          fields.put(row.group(1), row.group(2));
        }
        String name = String.valueOf(page.getFileName()).replaceFirst("\\.md$", "");
        if (fields.containsKey("id.orig_h") || name.equals("x509")) {
          identity.forEach(
              field -> fields.put(field, field.equals("k8s.late") ? "bool" : "string"));
        }
        if (name.equals("conn")) {
          fields.put("resp_name", "string");
        }
        logs.put(name, fields);
      }
    }
    return logs;
  }

  /** Returns how a field that is not mapped is called. */
  String ownName(String log, String field) {
    return own.replace("{log}", log).replace("{field}", field);
  }

  @SuppressWarnings("unchecked") // keys in YAML files are texts
  private static Map<String, Object> map(@Nullable Object value) {
    return value == null ? Map.of() : (Map<String, Object>) value;
  }

  private static Map<String, String> texts(@Nullable Object value) {
    Map<String, String> texts = new LinkedHashMap<>();
    map(value).forEach((name, text) -> texts.put(name, text(text)));
    return texts;
  }

  private static String text(@Nullable Object value) {
    return value == null ? "" : value.toString();
  }

  private static List<String> list(@Nullable Object value) {
    List<String> texts = new ArrayList<>();
    if (value instanceof List<?> values) {
      values.forEach(one -> texts.add(one.toString()));
    } else if (value != null) {
      texts.add(value.toString());
    }
    return texts;
  }
}
