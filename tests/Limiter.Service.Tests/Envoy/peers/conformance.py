"""Asks 127.0.0.1:PORT by grpcio (C-core) with messages put together byte by byte; a line "ok CASE" or "failed CASE: reason" for each."""
import sys
import traceback

import grpc

CHANNEL = grpc.insecure_channel(f"127.0.0.1:{sys.argv[1]}")
METHOD = "/envoy.service.ratelimit.v3.RateLimitService/ShouldRateLimit"
CALL = CHANNEL.unary_unary(METHOD, request_serializer=None, response_deserializer=None)
OK, OVER_LIMIT = 1, 2


def varint(value):
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out + bytes([value]))


def number(field, value):
    return varint(field << 3) + varint(value)


def data(field, value):
    value = value.encode() if isinstance(value, str) else value
    return varint(field << 3 | 2) + varint(len(value)) + value


def descriptor(key, value, *more):
    return data(2, data(1, data(1, key) + data(2, value)) + b"".join(more))


def hits(value):
    return data(3, number(1, value) if value else b"")   # a wrapper: present with 0 is not absent


NEGATIVE = number(4, 1)


def fields(message):
    """The fields of a message as (number, value) pairs."""
    found, at = [], 0

    def read():
        nonlocal at
        value, shift = 0, 0
        while True:
            byte = message[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while at < len(message):
        tag = read()
        value = read()
        if tag & 7 == 2:
            value, at = message[at:at + value], at + value
        else:
            assert tag & 7 == 0, f"wire type {tag & 7}"
        found.append((tag >> 3, value))
    return found


def one(message, field, default=None):
    return dict(fields(message)).get(field, default)


def send(*parts, domain="web"):
    return CALL(data(1, domain) + b"".join(parts), timeout=30)


def verdict(*parts, **more):
    return one(send(*parts, **more), 1)


def status(*parts):
    return one(send(*parts), 2)


def remaining(key, value):
    return one(status(descriptor(key, value, hits(0))), 3, 0)


def equal(actual, expected):
    assert actual == expected, f"{actual!r} is not {expected!r}"


def fails(code, message):
    try:
        CALL(message, timeout=30)
    except grpc.RpcError as error:
        equal(error.code(), code)
        return error.details()
    raise AssertionError("The call succeeded.")


def the_example_bytes_are_read():
    equal(one(CALL(bytes.fromhex("0a0164 120c 0a060a016b120176 1a020804 1802"), timeout=30), 1), OK)


def hits_of_a_descriptor_win_over_the_request():
    equal(verdict(descriptor("whole", "own", hits(4)), number(3, 2)), OK)
    equal(remaining("whole", "own"), 6)


def hits_of_zero_only_look():
    for _ in range(12):
        equal(verdict(descriptor("whole", "look", hits(0))), OK)
    equal(remaining("whole", "look"), 10)


def hits_absent_are_one():
    equal(verdict(descriptor("whole", "absent")), OK)
    equal(remaining("whole", "absent"), 9)


def negative_hits_give_back():
    equal(verdict(descriptor("whole", "refund", hits(10))), OK)
    equal(verdict(descriptor("whole", "refund", hits(1))), OVER_LIMIT)
    equal(verdict(descriptor("whole", "refund", hits(4), NEGATIVE)), OK)
    equal(remaining("whole", "refund"), 4)


def refund_never_passes_the_limit():
    equal(verdict(descriptor("whole", "full", hits(5), NEGATIVE)), OK)
    equal(remaining("whole", "full"), 10)


def unknown_fields_are_skipped():
    strange = data(99, "x") + number(98, 7)
    message = data(1, "web") + data(2, data(1, data(1, "whole") + data(2, "strange") + strange) + strange) + strange
    equal(one(CALL(message, timeout=30), 1), OK)
    equal(remaining("whole", "strange"), 9)


def fields_in_any_order_are_read():
    message = number(3, 2) + data(2, data(1, data(2, "order") + data(1, "whole"))) + data(1, "web")
    equal(one(CALL(message, timeout=30), 1), OK)
    equal(remaining("whole", "order"), 8)


def answer_has_the_documented_bytes():
    for _ in range(4):
        answer = send(descriptor("half", "bytes"))
    answer = send(descriptor("half", "bytes"))
    equal(one(answer, 1), OVER_LIMIT)
    found = one(answer, 2)
    equal((one(found, 1), one(found, 3, 0)), (OVER_LIMIT, 0))
    limit = one(found, 2)
    equal((one(limit, 1), one(limit, 2), one(limit, 3, b"")), (4, 4, b""))   # 4 a DAY, without a name
    assert 0 < one(one(found, 4), 1) <= 86_400 / 4


def empty_value_is_a_value():
    equal([verdict(descriptor("path", "")) for _ in range(2)], [OK, OVER_LIMIT])


def values_of_any_script_are_told_apart():
    equal([verdict(descriptor("path", value)) for value in ("ä", "ö", "ä", "\U0001f600", "\0", "\0")], [OK, OK, OVER_LIMIT, OK, OK, OVER_LIMIT])


def too_much_is_refused_by_name():
    invalid = grpc.StatusCode.INVALID_ARGUMENT
    assert "hits_addend" in fails(invalid, data(1, "web") + descriptor("whole", "x", hits(2**63)))
    assert "descriptors" in fails(invalid, data(1, "web") + descriptor("whole", "x") * 65)
    assert "entries" in fails(invalid, data(1, "web") + data(2, data(1, data(1, "k")) * 33))
    assert "limit.unit" in fails(invalid, data(1, "web") + descriptor("whole", "x", data(2, number(1, 5) + number(2, 77))))


def broken_messages_are_refused_and_harm_nobody_else():
    wrapped_hits_too_short = data(1, "web") + b"\x12\x02\x1a\x05"
    for broken in (b"\x0a", b"\x0a\xff\xff\xff\xff\x0f", b"\x12\x05abc", b"\xff" * 40, b"\x07", b"\x0a\x01\xff", wrapped_hits_too_short):
        try:
            CALL(broken, timeout=30)
        except grpc.RpcError as error:
            equal(error.code(), grpc.StatusCode.INVALID_ARGUMENT)
        else:
            raise AssertionError(f"{broken} was answered")
    equal(verdict(descriptor("whole", "after")), OK)


def compressed_requests_are_read():
    message = data(1, "web") + descriptor("whole", "gzip" * 50)
    equal(one(CALL(message, timeout=30, compression=grpc.Compression.Gzip), 1), OK)


def deadline_of_a_gateway_is_enough():
    equal(one(CALL(data(1, "web") + descriptor("whole", "deadline"), timeout=20), 1), OK)


CASES = [case for name, case in list(globals().items()) if callable(case) and getattr(case, "__module__", None) == "__main__" and not case.__code__.co_argcount
         and not case.__code__.co_flags & 0x0C]
for case in CASES:
    try:
        case()
        print(f"ok {case.__name__}", flush=True)
    except Exception:
        print(f"failed {case.__name__}: {traceback.format_exc()}".replace("\n", " | "), flush=True)
