// Who may talk to the server: the rules alone, then over sockets with clients that mean no good.
#include "server/security.h"

#include "tests/server/double.h"

static const struct double_event hello[] = {
    {CHAT_EVENT_TEXT, "Hello", "", "", CHAT_STOP_NONE},
    {CHAT_EVENT_STOP, "", "", "", CHAT_STOP_END_TURN},
};

TEST(security, names_of_the_web_are_no_hosts_of_ours)
{
    (void)state;
    static const char *const hosts[] = {"box.lan"};
    struct security security = {.hosts = hosts, .n_hosts = 1};
    static const struct {
        const char *host;
        bool is_allowed;
    } rows[] = {{"localhost", true},
                {"localhost:8080", true},
                {"127.0.0.1:1", true},
                {"[::1]:8080", true},
                {"192.168.1.5", true},
                {"app.localhost", true},
                {"BOX.lan:80", true},
                {"evil.example", false},
                {"localhost.evil.com", false},
                {"127.0.0.1.nip.io", false},
                {"", false},
                {"notlocalhost", false}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (security_allows_host(&security, rows[i].host) != rows[i].is_allowed)
            fail_msg("%s", rows[i].host);
}

TEST(security, pages_may_ask_only_where_they_come_from_or_are_listed)
{
    (void)state;
    static const char *const origins[] = {"https://good.example"};
    struct security security = {.origins = origins, .n_origins = 1};
    assert_true(security_allows_origin(&security, NULL, "localhost"));
    assert_true(security_allows_origin(&security, "http://127.0.0.1:8080", "127.0.0.1:8080"));
    assert_true(security_allows_origin(&security, "https://good.example", "127.0.0.1:8080"));
    assert_false(security_allows_origin(&security, "http://evil.example", "127.0.0.1:8080"));
    assert_false(security_allows_origin(&security, "null", "127.0.0.1:8080"));
    assert_false(security_is_listed_origin(&security, "http://127.0.0.1:8080"));
}

TEST(security, any_key_of_the_list_opens_and_nothing_else)
{
    (void)state;
    static const char *const keys[] = {"alpha", "beta"};
    struct security security = {.keys = keys, .n_keys = 2};
    assert_true(security_opens(&security, "Bearer beta", NULL));
    assert_true(security_opens(&security, NULL, "alpha"));
    assert_false(security_opens(&security, "Bearer alph", NULL));
    assert_false(security_opens(&security, "alpha", NULL));
    assert_false(security_opens(&security, NULL, NULL));
}

TEST(security, others_are_let_in_only_with_a_key)
{
    (void)state;
    static const char *const keys[] = {"k"};
    struct security open = {0}, locked = {.keys = keys, .n_keys = 1};
    struct error error;
    assert_int_equal(security_check_bind(&open, "127.0.0.1", &error), OK);
    assert_int_equal(security_check_bind(&open, "::1", &error), OK);
    assert_int_equal(security_check_bind(&open, "0.0.0.0", &error), ERR_ARGUMENT);
    assert_int_equal(security_check_bind(&open, "::", &error), ERR_ARGUMENT);
    assert_int_equal(security_check_bind(&locked, "0.0.0.0", &error), OK);
}

static void expect_status(const struct harness *h, const char *path, const char *headers,
                          const char *status)
{
    char *response = client_ask(h, "GET", path, headers, NULL);
    if (strncmp(response + strlen("HTTP/1.1 "), status, 3) != 0)
        fail_msg("%s %s: %s", path, headers, response);
    free(response);
}

TEST(security, the_server_applies_the_rules)
{
    (void)state;
    static const char *const keys[] = {"k"};
    static const char *const origins[] = {"https://good.example"};
    struct harness h = {.model = {.script = hello}};
    struct server_config config = {
        .security = {.keys = keys, .n_keys = 1, .origins = origins, .n_origins = 1}};
    harness_open(&h, config);
    expect_status(&h, "/health", "", "200");
    expect_status(&h, "/v1/models", "", "401");
    expect_status(&h, "/v1/models", "x-api-key: k\r\n", "200");
    expect_status(&h, "/v1/models", "x-api-key: k\r\nOrigin: http://evil.example\r\n", "403");
    char *response = client_ask(&h, "GET", "/v1/models",
                                "x-api-key: k\r\nOrigin: https://good.example\r\n", NULL);
    assert_non_null(strstr(response, "Access-Control-Allow-Origin: https://good.example"));
    free(response);
    response = client_ask(&h, "OPTIONS", "/v1/messages", "Origin: https://good.example\r\n", NULL);
    assert_non_null(strstr(response, "204 No Content"));
    free(response);
    int fd = client_connect(&h);
    const char *rebound = "GET /v1/models HTTP/1.1\r\nHost: evil.example\r\nx-api-key: k\r\n\r\n";
    struct buf text = {0};
    assert_true(send(fd, rebound, strlen(rebound), MSG_NOSIGNAL) > 0);
    assert_true(client_read_until(fd, &text, "}}"));
    assert_non_null(strstr(text.data, "HTTP/1.1 403"));
    buf_release(&text);
    close(fd);
    harness_close(&h);
}

TEST(security, a_request_that_trickles_in_is_cut)
{
    (void)state;
    struct harness h = {.model = {.script = hello}};
    harness_open(&h, (struct server_config){.timeout_s = 1});
    int fd = client_connect(&h);
    const char *request = "GET /health HTTP/1.1\r\nX-Slow: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    uint64_t start = os_time_ns();
    bool is_cut = false;
    for (const char *c = request; *c && !is_cut; c++) {
        char answer[16];
        is_cut = send(fd, c, 1, MSG_NOSIGNAL) < 0 || recv(fd, answer, 12, MSG_DONTWAIT) == 12;
        if (is_cut)
            assert_memory_equal(answer, "HTTP/1.1 408", 12);
        double_pause(100);
    }
    assert_true(is_cut);
    assert_true(os_time_ns() - start < 3000000000);
    close(fd);
    harness_close(&h);
}

TEST(security, a_thousand_idle_connections_do_no_harm)
{
    (void)state;
    enum { N = 1000 };
    static int fds[N];
    struct harness h = {.model = {.script = hello}};
    harness_open(&h, (struct server_config){0});
    size_t n = 0;
    while (n < N && (fds[n] = socket(AF_INET, SOCK_STREAM, 0)) >= 0) {
        struct sockaddr_in address = {.sin_family = AF_INET,
                                      .sin_port = htons((uint16_t)h.port),
                                      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        if (connect(fds[n], (struct sockaddr *)&address, sizeof address))
            break;
        n++;
    }
    uint64_t start = os_time_ns();
    if (n > 400) // where the system lets us have them: each takes two descriptors of this process
        expect_status(&h, "/health", "", "200");
    assert_true(os_time_ns() - start < 500000000);
    for (size_t i = 0; i < n; i++)
        close(fds[i]);
    harness_close(&h);
}

TEST(security, bodies_and_headers_have_bounds)
{
    (void)state;
    struct harness h = {.model = {.script = hello}};
    harness_open(&h, (struct server_config){.size_body_max = 1000});
    char *big = malloc(100001);
    memset(big, 'a', 100000);
    big[100000] = 0;
    int fd = client_connect(&h);
    struct buf text = {0};
    buf_printf(&text,
               "POST /v1/messages HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n");
    send(fd, text.data, text.size, MSG_NOSIGNAL);
    buf_reset(&text);
    client_read_until(fd, &text, "\r\n");
    assert_non_null(strstr(text.data, "413"));
    close(fd);
    fd = client_connect(&h);
    buf_reset(&text);
    buf_printf(&text, "GET /health HTTP/1.1\r\nX-Big: %s\r\n\r\n", big);
    send(fd, text.data, text.size, MSG_NOSIGNAL);
    buf_reset(&text);
    client_read_until(fd, &text, "\r\n");
    assert_non_null(strstr(text.data, "413"));
    close(fd);
    buf_release(&text);
    free(big);
    harness_close(&h);
}

RUN_TESTS(IS(security, names_of_the_web_are_no_hosts_of_ours),
          IS(security, pages_may_ask_only_where_they_come_from_or_are_listed),
          IS(security, any_key_of_the_list_opens_and_nothing_else),
          IS(security, others_are_let_in_only_with_a_key),
          IS(security, the_server_applies_the_rules),
          IS(security, a_request_that_trickles_in_is_cut),
          IS(security, a_thousand_idle_connections_do_no_harm),
          IS(security, bodies_and_headers_have_bounds))
