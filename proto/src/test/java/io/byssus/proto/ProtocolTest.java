package io.byssus.proto;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import io.byssus.proto.admin.v1.AdminProto;
import io.byssus.proto.error.v1.ErrorProto;
import io.byssus.proto.internal.v1.ClusterMapProto;
import io.byssus.proto.internal.v1.ControlPlaneProto;
import io.byssus.proto.internal.v1.ControlStateProto;
import io.byssus.proto.internal.v1.PageTokenProto;
import io.byssus.proto.internal.v1.ShardProto;
import io.byssus.proto.kv.v1.KvProto;
import io.byssus.proto.log.v1.LogProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Holds the protocol to what it has promised. {@code protocol.txt} lists every field, value and
 * call by name, number and type; whoever adds one adds its line there, and nobody takes a line away
 * or changes it.
 */
class ProtocolTest {
  private static final Path SOURCES = Path.of("src", "main", "protobuf");
  private static final Path PROMISED = Path.of("src", "test", "resources", "protocol.txt");
  private static final Path FOUND = Path.of("target", "protocol.txt");
  private static final List<FileDescriptor> FILES =
      List.of(
          AdminProto.getDescriptor(),
          ErrorProto.getDescriptor(),
          ClusterMapProto.getDescriptor(),
          ControlPlaneProto.getDescriptor(),
          ControlStateProto.getDescriptor(),
          PageTokenProto.getDescriptor(),
          ShardProto.getDescriptor(),
          KvProto.getDescriptor(),
          LogProto.getDescriptor());
  private static final Pattern NEEDS_COMMENT =
      Pattern.compile(
          "\\s*(message \\w+|enum \\w+|service \\w+|rpc \\w+|oneof \\w+|[A-Z][A-Z0-9_]* = \\d+;"
              + "|(repeated |optional )?[\\w.<>, ]+ \\w+ = \\d+( \\[.*\\])?;).*");

  @Test
  void nothingPromisedIsRemovedRenumberedOrRetyped() throws IOException {
    Set<String> found = new TreeSet<>();
    FILES.forEach(file -> describe(file, found));
    Files.createDirectories(FOUND.getParent());
    Files.write(FOUND, found);
    Set<String> promised = new TreeSet<>(Files.readAllLines(PROMISED));

    Set<String> broken = new TreeSet<>(promised);
    broken.removeAll(found);
    assertEquals(Set.of(), broken, "these lines were promised and are no longer true");

    Set<String> unlisted = new TreeSet<>(found);
    unlisted.removeAll(promised);
    assertEquals(
        Set.of(),
        unlisted,
        "these are new: add their lines to " + PROMISED + " (see " + FOUND + ")");
  }

  @Test
  void everyProtoFileIsHeldToIt() throws IOException {
    List<String> sources =
        sources().map(path -> SOURCES.relativize(path).toString()).sorted().toList();
    assertEquals(sources, FILES.stream().map(FileDescriptor::getName).sorted().toList());
  }

  @Test
  void everyMessageFieldValueAndCallIsDocumented() throws IOException {
    List<String> bare = new ArrayList<>();
    for (Path source : sources().toList()) {
      String before = "";
      for (String line : Files.readAllLines(source)) {
        if (NEEDS_COMMENT.matcher(line).matches() && !before.strip().startsWith("//")) {
          bare.add(source.getFileName() + ": " + line.strip());
        }
        before = line;
      }
    }
    assertEquals(List.of(), bare);
  }

  private static Stream<Path> sources() throws IOException {
    try (Stream<Path> files = Files.walk(SOURCES)) {
      return files.filter(p -> p.toString().endsWith(".proto")).toList().stream();
    }
  }

  private static void describe(FileDescriptor file, Set<String> lines) {
    file.getMessageTypes().forEach(message -> describe(message, lines));
    file.getEnumTypes().forEach(type -> describe(type, lines));
    for (ServiceDescriptor service : file.getServices()) {
      for (MethodDescriptor method : service.getMethods()) {
        lines.add(
            "rpc "
                + method.getFullName()
                + (method.isClientStreaming() ? " stream " : " ")
                + method.getInputType().getFullName()
                + " ->"
                + (method.isServerStreaming() ? " stream " : " ")
                + method.getOutputType().getFullName());
      }
    }
  }

  private static void describe(Descriptor message, Set<String> lines) {
    message.getNestedTypes().forEach(nested -> describe(nested, lines));
    message.getEnumTypes().forEach(type -> describe(type, lines));
    for (FieldDescriptor field : message.getFields()) {
      String type =
          switch (field.getJavaType()) {
            case MESSAGE -> field.getMessageType().getFullName();
            case ENUM -> field.getEnumType().getFullName();
            default -> field.getType().name().toLowerCase(Locale.ROOT);
          };
      lines.add(
          "field "
              + field.getFullName()
              + " = "
              + field.getNumber()
              + " "
              + (field.isRepeated() ? "repeated " : "")
              + type
              + (field.getContainingOneof() == null
                  ? ""
                  : " in " + field.getContainingOneof().getName()));
    }
  }

  private static void describe(EnumDescriptor type, Set<String> lines) {
    type.getValues()
        .forEach(value -> lines.add("value " + value.getFullName() + " = " + value.getNumber()));
  }
}
