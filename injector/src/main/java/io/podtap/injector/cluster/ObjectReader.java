/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.cluster;

import io.podtap.injector.tree.Tree;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads objects of the API server one after another from a stream: lists and watches of any length
 * in the memory of one object. An object of more values than {@link #VALUES_MAX} is cut.
 *
 * @see "Kubernetes API, ListMeta v1 meta; WatchEvent v1 meta"
 */
final class ObjectReader implements AutoCloseable {

  /** A pod of 20 kB has some 600 values; etcd takes objects of 1.5 MB. */
  static final int VALUES_MAX = 60_000;

  private static final int DEPTH_MAX = 200;
  private static final int TEXT_LENGTH_MAX = 4 << 20;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(DEPTH_MAX)
                  .maxStringLength(TEXT_LENGTH_MAX)
                  .build())
          .build();

  private final JsonParser parser;
  private int values;

  /**
   * What a list says of itself.
   *
   * @param more token of the next page, or an empty text
   */
  record Page(String version, String more) {}

  /**
   * Begins to read, which waits for the first bytes.
   *
   * @param in the caller closes it
   */
  ObjectReader(InputStream in) throws IOException {
    try {
      parser = FACTORY.createParser(ObjectReadContext.empty(), in);
    } catch (JacksonException e) {
      throw malformed(e);
    }
  }

  /** Returns the next object of a sequence, or null at its end. */
  @Nullable Map<String, @Nullable Object> next(Fields fields) throws IOException {
    try {
      if (parser.nextToken() == null) {
        return null;
      }
      values = 0;
      return Tree.map(value(fields));
    } catch (JacksonException e) {
      throw malformed(e);
    }
  }

  /** Reads a list, and hands on each of its items when it is read. */
  Page list(Fields fields, ApiRequests.Taker taker) throws IOException {
    Map<String, @Nullable Object> metadata = Map.of();
    try {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = parser.currentName();
        JsonToken token = parser.nextToken();
        if (name.equals("items") && token == JsonToken.START_ARRAY) {
          items(fields, taker);
        } else if (name.equals("metadata")) {
          metadata = Tree.map(value(Fields.ALL));
        } else {
          parser.skipChildren();
        }
      }
      if (parser.currentToken() != JsonToken.END_OBJECT) {
        throw new IOException("the API server's list has no end");
      }
    } catch (JacksonException e) {
      throw malformed(e);
    }
    return new Page(Tree.text(metadata, "resourceVersion"), Tree.text(metadata, "continue"));
  }

  private void items(Fields fields, ApiRequests.Taker taker) throws IOException {
    while (parser.nextToken() == JsonToken.START_OBJECT) {
      values = 0;
      Map<String, @Nullable Object> object = Tree.map(value(fields));
      taker.take(object, values <= VALUES_MAX);
    }
  }

  private @Nullable Object value(Fields fields) {
    values++;
    return switch (parser.currentToken()) {
      case START_OBJECT -> {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
          String key = parser.currentName();
          Fields its = fields.of(key);
          parser.nextToken();
          if (its.isNothing() || values > VALUES_MAX) {
            parser.skipChildren();
          } else {
            map.put(key, value(its));
          }
        }
        yield map;
      }
      case START_ARRAY -> {
        List<@Nullable Object> list = new ArrayList<>(4);
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          if (values > VALUES_MAX) {
            parser.skipChildren();
          } else {
            list.add(value(fields));
          }
        }
        yield list;
      }
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NUMBER_INT -> integer(parser.getBigIntegerValue());
      case VALUE_NUMBER_FLOAT -> parser.getDecimalValue();
      case VALUE_STRING -> parser.getString();
      case null, default -> null;
    };
  }

  private static Number integer(BigInteger number) {
    return number.bitLength() < Long.SIZE ? (Number) number.longValue() : number;
  }

  private static IOException malformed(JacksonException e) {
    return e.getCause() instanceof IOException cause
        ? cause
        : new IOException("the API server's answer: " + e.getOriginalMessage(), e);
  }

  @Override
  public void close() {
    parser.close();
  }
}
