/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.state;

import io.podtap.sensor.notice.AgeTable;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Values of tables as bytes: texts, numbers, truth values, arrays of numbers, collections, and the
 * private classes in which detections keep several of them.
 *
 * <pre>
 *   since (8 bytes, nanoseconds since 1970) | value
 *   value:  tag (1) | number, or length (4) and elements
 *   object: tag (1) | class, a text | shape (4) | its fields by name
 * </pre>
 *
 * <p>The shape is a hash of names and types of the fields: an object of another version is not
 * read. Only classes inside detections are made, and only those whose fields are such values.
 */
final class Values {

  private static final String PACKAGE = AgeTable.class.getPackageName();

  private static final int NULL = 0;
  private static final int TRUE = 1;
  private static final int FALSE = 2;
  private static final int INT = 3;
  private static final int LONG = 4;
  private static final int DOUBLE = 5;
  private static final int TEXT = 6;
  private static final int INTS = 7;
  private static final int LONGS = 8;
  private static final int COLLECTION = 9;
  private static final int MAP = 10;
  private static final int OBJECT = 11;

  /** Nested deeper, a value is invalid. */
  private static final int DEPTH_MAX = 8;

  /** Collections that are made, by the simple names of their classes. */
  private static final Map<String, Supplier<Collection<Object>>> COLLECTIONS =
      Map.of(
          "ArrayList", ArrayList::new,
          "HashSet", HashSet::new,
          "LinkedHashSet", LinkedHashSet::new,
          "TreeSet", TreeSet::new);

  private static final Map<String, Supplier<Map<Object, Object>>> MAPS =
      Map.of("HashMap", HashMap::new, "LinkedHashMap", LinkedHashMap::new, "TreeMap", TreeMap::new);

  /** What a field of an object may be declared as, besides primitive types. */
  private static final Set<Class<?>> FIELDS =
      Set.of(
          String.class,
          Long.class,
          Integer.class,
          Boolean.class,
          Double.class,
          int[].class,
          long[].class,
          List.class,
          Set.class,
          Map.class,
          ArrayList.class,
          HashSet.class,
          LinkedHashSet.class,
          TreeSet.class,
          HashMap.class,
          LinkedHashMap.class,
          TreeMap.class);

  /** A class in which a detection keeps values. */
  private record Holder(Constructor<?> maker, List<Field> fields, int shape) {}

  /** Has no holder for a class that is none. */
  private static final ClassValue<@Nullable Holder> HOLDERS =
      new ClassValue<>() {
        @Override
        protected @Nullable Holder computeValue(Class<?> type) {
          return holder(type);
        }
      };

  private Values() {}

  /** Returns whether a class belongs to detections and may have tables. */
  static boolean isDetections(Class<?> type) {
    return type.getPackageName().startsWith(PACKAGE)
        && !type.isRecord()
        && !type.isEnum()
        && !type.isHidden()
        && !type.isArray();
  }

  /** Returns a field's value, whoever may read it. */
  static @Nullable Object get(Field field, Object object) {
    try {
      field.setAccessible(true);
      return field.get(object);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Returns an entry as bytes.
   *
   * @throws IllegalStateException when a detection keeps something else than such values
   */
  static byte[] write(long sinceNs, Object value) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(64);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeLong(sinceNs);
      write(value, out);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return bytes.toByteArray();
  }

  private static void write(@Nullable Object value, DataOutputStream out) throws IOException {
    switch (value) {
      case null -> out.writeByte(NULL);
      case Boolean truth -> out.writeByte(truth ? TRUE : FALSE);
      case Integer number -> {
        out.writeByte(INT);
        out.writeInt(number);
      }
      case Long number -> {
        out.writeByte(LONG);
        out.writeLong(number);
      }
      case Double number -> {
        out.writeByte(DOUBLE);
        out.writeDouble(number);
      }
      case String text -> {
        out.writeByte(TEXT);
        text(text, out);
      }
      case int[] numbers -> {
        out.writeByte(INTS);
        out.writeInt(numbers.length);
        for (int number : numbers) {
          out.writeInt(number);
        }
      }
      case long[] numbers -> {
        out.writeByte(LONGS);
        out.writeInt(numbers.length);
        for (long number : numbers) {
          out.writeLong(number);
        }
      }
      case Collection<?> elements -> {
        out.writeByte(COLLECTION);
        text(known(elements.getClass(), COLLECTIONS.keySet()), out);
        out.writeInt(elements.size());
        for (Object element : elements) {
          write(element, out);
        }
      }
      case Map<?, ?> map -> {
        out.writeByte(MAP);
        text(known(map.getClass(), MAPS.keySet()), out);
        out.writeInt(map.size());
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          write(entry.getKey(), out);
          write(entry.getValue(), out);
        }
      }
      default -> object(value, out);
    }
  }

  private static String known(Class<?> type, Set<String> names) {
    String name = type.getSimpleName();
    if (!names.contains(name)) {
      throw new IllegalStateException("a table has a value of " + type);
    }
    return name;
  }

  private static void object(Object value, DataOutputStream out) throws IOException {
    Class<?> type = value.getClass();
    Holder holder = HOLDERS.get(type);
    if (holder == null) {
      throw new IllegalStateException("a table has a value of " + type);
    }
    out.writeByte(OBJECT);
    text(type.getName().substring(PACKAGE.length()), out);
    out.writeInt(holder.shape());
    for (Field field : holder.fields()) {
      write(get(field, value), out);
    }
  }

  private static void text(String text, DataOutputStream out) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static @Nullable Holder holder(Class<?> type) {
    if (!type.getPackageName().startsWith(PACKAGE)
        || !type.isMemberClass()
        || !Modifier.isStatic(type.getModifiers())
        || type.isInterface()
        || type.getSuperclass() == null
        || Modifier.isAbstract(type.getModifiers())) {
      return null;
    }
    List<Field> fields = new ArrayList<>();
    StringBuilder shape = new StringBuilder();
    Field[] declared = type.getDeclaredFields();
    Arrays.sort(declared, Comparator.comparing(Field::getName));
    for (Field field : declared) {
      if (Modifier.isStatic(field.getModifiers())) {
        continue;
      }
      if (!field.getType().isPrimitive() && !FIELDS.contains(field.getType())) {
        return null;
      }
      field.setAccessible(true);
      fields.add(field);
      shape.append(field.getName()).append(' ').append(field.getType().getName()).append('\n');
    }
    Constructor<?>[] makers = type.getDeclaredConstructors();
    if (makers.length != 1) {
      return null;
    }
    makers[0].setAccessible(true);
    return new Holder(makers[0], List.copyOf(fields), shape.toString().hashCode());
  }

  /** Returns since when an entry's age counts, nanoseconds since 1970. */
  static long sinceNs(byte[] bytes) {
    return ByteBuffer.wrap(bytes).getLong();
  }

  /** Returns the value of an entry, or null when the bytes are invalid or of another version. */
  static @Nullable Object read(byte[] bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      in.readLong();
      Object value = read(in, 0);
      return in.available() == 0 ? value : null;
    } catch (IOException | ReflectiveOperationException | RuntimeException e) {
      return null; // counted by the caller
    }
  }

  private static @Nullable Object read(DataInputStream in, int depth)
      throws IOException, ReflectiveOperationException {
    if (depth > DEPTH_MAX) {
      throw new IOException("nested too deep");
    }
    int tag = in.readByte();
    return switch (tag) {
      case NULL -> null;
      case TRUE -> true;
      case FALSE -> false;
      case INT -> in.readInt();
      case LONG -> in.readLong();
      case DOUBLE -> in.readDouble();
      case TEXT -> text(in);
      case INTS -> {
        int[] numbers = new int[length(in, Integer.BYTES)];
        for (int i = 0; i < numbers.length; i++) {
          numbers[i] = in.readInt();
        }
        yield numbers;
      }
      case LONGS -> {
        long[] numbers = new long[length(in, Long.BYTES)];
        for (int i = 0; i < numbers.length; i++) {
          numbers[i] = in.readLong();
        }
        yield numbers;
      }
      case COLLECTION -> {
        Collection<Object> elements = made(COLLECTIONS.get(text(in)));
        for (int i = length(in, 1); i > 0; i--) {
          elements.add(read(in, depth + 1));
        }
        yield elements;
      }
      case MAP -> {
        Map<Object, Object> map = made(MAPS.get(text(in)));
        for (int i = length(in, 2); i > 0; i--) {
          map.put(read(in, depth + 1), read(in, depth + 1));
        }
        yield map;
      }
      case OBJECT -> object(in, depth);
      default -> throw new IOException("invalid tag " + tag);
    };
  }

  private static <T> T made(@Nullable Supplier<T> maker) throws IOException {
    if (maker == null) {
      throw new IOException("unknown collection");
    }
    return maker.get();
  }

  /** Reads a number of elements, for which there must be bytes. */
  private static int length(DataInputStream in, int bytesEach) throws IOException {
    int length = in.readInt();
    if (length < 0 || (long) length * bytesEach > in.available()) {
      throw new IOException("invalid length " + length);
    }
    return length;
  }

  private static String text(DataInputStream in) throws IOException {
    return new String(in.readNBytes(length(in, 1)), StandardCharsets.UTF_8);
  }

  private static Object object(DataInputStream in, int depth)
      throws IOException, ReflectiveOperationException {
    Class<?> type =
        Class.forName(PACKAGE + text(in), /* initialize= */ false, Values.class.getClassLoader());
    Holder holder = HOLDERS.get(type);
    if (holder == null || holder.shape() != in.readInt()) {
      throw new IOException("another version of " + type);
    }
    Object[] values = new Object[holder.fields().size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = read(in, depth + 1);
    }
    return type.isRecord() ? madeRecord(type, holder, values) : madeObject(holder, values);
  }

  private static Object madeRecord(Class<?> type, Holder holder, Object[] values)
      throws ReflectiveOperationException {
    Object[] arguments = new Object[values.length];
    for (int i = 0; i < arguments.length; i++) {
      String component = type.getRecordComponents()[i].getName();
      for (int j = 0; j < values.length; j++) {
        if (holder.fields().get(j).getName().equals(component)) {
          arguments[i] = values[j];
        }
      }
    }
    return holder.maker().newInstance(arguments);
  }

  /** Makes an object of whatever, then sets its fields. */
  private static Object madeObject(Holder holder, Object[] values)
      throws ReflectiveOperationException {
    Class<?>[] types = holder.maker().getParameterTypes();
    Object[] arguments = new Object[types.length];
    for (int i = 0; i < types.length; i++) {
      arguments[i] = types[i].isPrimitive() ? zero(types[i]) : null;
    }
    Object made = holder.maker().newInstance(arguments);
    for (int i = 0; i < values.length; i++) {
      holder.fields().get(i).set(made, values[i]);
    }
    return made;
  }

  private static Object zero(Class<?> primitive) {
    return java.lang.reflect.Array.get(java.lang.reflect.Array.newInstance(primitive, 1), 0);
  }
}
