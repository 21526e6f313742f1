/* The REST upstream of the posts scenarios: keep-alive HTTP/1.1 on one epoll loop, so fast that it never is what is
 * measured.
 *
 *     upstream PORT FOLDER DELAY_MS
 *
 *     GET /posts             FOLDER/posts.json
 *     GET /users/3           FOLDER/users/3.json
 *     GET /users?id=1&id=2   the users asked for, in one list
 *     GET /counts            {"posts": 2, "user": 0, "users": 2}: requests since the last DELETE /counts
 *
 * Every answer but those of /counts is held back for DELAY_MS.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MAX_FDS 16384
#define MAX_USERS 1024
#define MAX_EVENTS 256

typedef struct {
    char *bytes;
    size_t length, capacity;
} Text;

typedef struct {
    Text in, out;
    size_t sent;
    unsigned serial; /* tells a connection from a later one with the same descriptor */
    int open, waits_for_room;
} Connection;

typedef struct {
    long long due_ns;
    int fd;
    unsigned serial;
    Text answer;
} Held;

static Connection connections[MAX_FDS];
static Text posts, users[MAX_USERS];
static unsigned long asked_posts, asked_user, asked_users;
static long long delay_ns;
static int poller;

/* Answers are held for the same time, so they leave in the order in which they came: a ring. */
static Held *held;
static size_t held_first, held_count, held_capacity;

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static void append(Text *text, const char *bytes, size_t length) {
    if (text->length + length + 1 > text->capacity) {
        text->capacity = 2 * (text->length + length) + 256;
        text->bytes = realloc(text->bytes, text->capacity);
        if (!text->bytes) fail("realloc");
    }
    memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
    text->bytes[text->length] = 0;
}

static void append_format(Text *text, const char *format, ...) {
    char line[256];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    append(text, line, (size_t)length);
}

static int read_file(Text *text, const char *path) {
    FILE *file = fopen(path, "rb");
    if (!file) return 0;
    char chunk[65536];
    size_t length;
    while ((length = fread(chunk, 1, sizeof chunk, file)) > 0) append(text, chunk, length);
    fclose(file);
    return 1;
}

static void read_folder(const char *folder) {
    char path[1024];
    snprintf(path, sizeof path, "%s/posts.json", folder);
    if (!read_file(&posts, path)) fail(path);
    for (int id = 1; id < MAX_USERS; id++) {
        snprintf(path, sizeof path, "%s/users/%d.json", folder, id);
        if (!read_file(&users[id], path)) break;
    }
}

static long long now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static void watch(int fd, int operation, unsigned events) {
    struct epoll_event event = {.events = events, .data.fd = fd};
    if (epoll_ctl(poller, operation, fd, &event) < 0) fail("epoll_ctl");
}

static void hang_up(int fd) {
    Connection *connection = &connections[fd];
    connection->open = 0;
    connection->serial++;
    connection->in.length = connection->out.length = connection->sent = 0;
    close(fd);
}

static void write_out(int fd) {
    Connection *connection = &connections[fd];
    while (connection->sent < connection->out.length) {
        ssize_t length = send(fd, connection->out.bytes + connection->sent, connection->out.length - connection->sent,
                              MSG_NOSIGNAL);
        if (length < 0 && errno == EAGAIN) {
            if (!connection->waits_for_room) watch(fd, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
            connection->waits_for_room = 1;
            return;
        }
        if (length < 0) {
            hang_up(fd);
            return;
        }
        connection->sent += (size_t)length;
    }
    connection->sent = connection->out.length = 0;
    if (connection->waits_for_room) watch(fd, EPOLL_CTL_MOD, EPOLLIN);
    connection->waits_for_room = 0;
}

static void head(Text *answer, const char *status, size_t length) {
    append_format(answer,
                  "HTTP/1.1 %s\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: %zu\r\n\r\n", status,
                  length);
}

static void hold(int fd, Text answer) {
    if (held_count == held_capacity) {
        size_t capacity = held_capacity ? 2 * held_capacity : 1024;
        Held *larger = malloc(capacity * sizeof *larger);
        if (!larger) fail("malloc");
        for (size_t i = 0; i < held_count; i++) larger[i] = held[(held_first + i) % held_capacity];
        free(held);
        held = larger, held_first = 0, held_capacity = capacity;
    }
    held[(held_first + held_count++) % held_capacity] =
        (Held){now_ns() + delay_ns, fd, connections[fd].serial, answer};
}

static void release_held(void) {
    while (held_count && held[held_first].due_ns <= now_ns()) {
        Held first = held[held_first];
        held_first = (held_first + 1) % held_capacity, held_count--;
        if (connections[first.fd].open && connections[first.fd].serial == first.serial) {
            append(&connections[first.fd].out, first.answer.bytes, first.answer.length);
            write_out(first.fd);
        }
        free(first.answer.bytes);
    }
}

static void answer_with(int fd, const char *status, const Text *body) {
    Text whole = {0}, *answer = delay_ns ? &whole : &connections[fd].out;
    head(answer, status, body->length);
    append(answer, body->bytes, body->length);
    if (delay_ns) hold(fd, whole);
}

static void answer_counts(int fd, int forget) {
    if (forget) asked_posts = asked_user = asked_users = 0;
    Text body = {0};
    append_format(&body, "{\"posts\":%lu,\"user\":%lu,\"users\":%lu}", asked_posts, asked_user, asked_users);
    head(&connections[fd].out, "200 OK", body.length);
    append(&connections[fd].out, body.bytes, body.length);
    free(body.bytes);
}

static const Text *user_of(long id) { return id > 0 && id < MAX_USERS && users[id].length ? &users[id] : NULL; }

static void answer_users(int fd, const char *query, const char *end) {
    Text body = {0};
    append(&body, "[", 1);
    while (query < end) {
        const char *next = memchr(query, '&', (size_t)(end - query));
        const Text *user = strncmp(query, "id=", 3) ? NULL : user_of(strtol(query + 3, NULL, 10));
        if (user && body.length > 1) append(&body, ",", 1);
        if (user) append(&body, user->bytes, user->length);
        query = next ? next + 1 : end;
    }
    append(&body, "]", 1);
    answer_with(fd, "200 OK", &body);
    free(body.bytes);
}

static int is(const char *path, const char *end, const char *wanted) {
    return (size_t)(end - path) == strlen(wanted) && !memcmp(path, wanted, (size_t)(end - path));
}

static void answer_request(int fd, const char *request, const char *line_end) {
    static const Text nothing = {"{}", 2, 3};
    const char *path = memchr(request, ' ', (size_t)(line_end - request));
    path = path ? path + 1 : line_end;
    const char *end = memchr(path, ' ', (size_t)(line_end - path));
    end = end ? end : line_end;
    if (is(path, end, "/posts")) {
        asked_posts++;
        answer_with(fd, "200 OK", &posts);
    } else if (!strncmp(path, "/users?", 7)) {
        asked_users++;
        answer_users(fd, path + 7, end);
    } else if (!strncmp(path, "/users/", 7)) {
        const Text *user = user_of(strtol(path + 7, NULL, 10));
        asked_user++;
        answer_with(fd, user ? "200 OK" : "404 Not Found", user ? user : &nothing);
    } else if (is(path, end, "/counts")) {
        answer_counts(fd, request[0] == 'D');
    } else {
        answer_with(fd, "404 Not Found", &nothing);
    }
}

/* No request has a body. */
static void answer_requests(int fd) {
    Text *in = &connections[fd].in;
    size_t done = 0;
    char *head_end;
    while ((head_end = memmem(in->bytes + done, in->length - done, "\r\n\r\n", 4))) {
        char *request = in->bytes + done;
        answer_request(fd, request, memchr(request, '\r', (size_t)(head_end - request) + 1));
        done = (size_t)(head_end - in->bytes) + 4;
    }
    memmove(in->bytes, in->bytes + done, in->length - done);
    in->length -= done;
    write_out(fd);
}

static void read_in(int fd) {
    char chunk[16384];
    ssize_t length = recv(fd, chunk, sizeof chunk, 0);
    if (length > 0) {
        append(&connections[fd].in, chunk, (size_t)length);
        answer_requests(fd);
    } else if (length == 0 || errno != EAGAIN) {
        hang_up(fd);
    }
}

static void welcome(int listener) {
    int fd, on = 1;
    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
        if (fd >= MAX_FDS) {
            close(fd);
            continue;
        }
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        connections[fd].open = 1;
        connections[fd].waits_for_room = 0;
        watch(fd, EPOLL_CTL_ADD, EPOLLIN);
    }
}

static int listen_on(int port) {
    int on = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((unsigned short)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0 || listen(listener, 4096) < 0) fail("listen");
    return listener;
}

static int wait_for_events(struct epoll_event *events) {
    if (!held_count) return epoll_wait(poller, events, MAX_EVENTS, -1);
    long long left_ns = held[held_first].due_ns - now_ns();
    struct timespec left = {left_ns / 1000000000, left_ns % 1000000000};
    if (left_ns <= 0) left = (struct timespec){0, 0};
    return epoll_pwait2(poller, events, MAX_EVENTS, &left, NULL);
}

int main(int count, char **arguments) {
    if (count != 4) return fprintf(stderr, "upstream PORT FOLDER DELAY_MS\n"), 2;
    struct epoll_event events[MAX_EVENTS];
    signal(SIGPIPE, SIG_IGN);
    read_folder(arguments[2]);
    delay_ns = atoll(arguments[3]) * 1000000;
    poller = epoll_create1(0);
    int listener = listen_on(atoi(arguments[1]));
    watch(listener, EPOLL_CTL_ADD, EPOLLIN);
    for (;;) {
        int ready = wait_for_events(events);
        for (int i = 0; i < ready; i++) {
            int fd = events[i].data.fd;
            if (fd == listener) {
                welcome(listener);
                continue;
            }
            if (connections[fd].open && events[i].events & EPOLLOUT) write_out(fd);
            if (connections[fd].open && events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) read_in(fd);
        }
        release_held();
    }
}
