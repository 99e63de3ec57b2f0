//! Sign-ins, authenticators, links and keys on both kinds of databases: found by their secret alone,
//! worth something once where they are for once, gone with their owner's word.

use fenjie_store::elsewhere::{IdentityProvider, SignInElsewhere};
use fenjie_store::people::{Role, Token, User};
use fenjie_store::session::{Device, Session};
use fenjie_store::sign_in::{Attempts, AuthenticatorRecord, PasswordReset};
use fenjie_store::{OrganisationId, Page, SessionId, Store, Timestamp, TokenId, UserId};
use fenjie_store_tests::{databases, make};
use jiff::SignedDuration;

fn after(minutes: i64) -> Timestamp {
    make::moment() + SignedDuration::from_mins(minutes)
}

/// Two organisations, the first with two people: 1 an administrator, 2 a salesperson.
async fn people(store: &dyn Store) -> (OrganisationId, OrganisationId) {
    let acme = make::kept_organisation(store, "acme").await;
    let other = make::kept_organisation(store, "other").await;
    let mut tx = store.write().await.unwrap();
    for (number, role) in [(1, Role::Administrator), (2, Role::Salesperson)] {
        let user = User {
            role,
            ..make::user(&acme, number)
        };
        tx.add_user(&user).await.unwrap();
    }
    tx.commit().await.unwrap();
    (acme, other)
}

#[tokio::test]
async fn a_session_is_found_by_its_secret_until_it_is_over() {
    for database in databases().await {
        let store = database.open().await;
        let (acme, other) = people(&store).await;
        let wang = UserId::of(1);
        let session = |number: u128| Session {
            id: SessionId::of(number),
            organisation: acme.clone(),
            user: wang.clone(),
            secret_hash: format!("s{number}"),
            means: "password".into(),
            address: "127.0.0.1".into(),
            agent: "浏览器".into(),
            created_at: after(0),
            seen_at: after(0),
            expires_at: after(60),
        };
        let mut tx = store.write().await.unwrap();
        for number in 1..=3 {
            tx.add_session(&session(number)).await.unwrap();
        }
        assert_eq!(tx.session_by_secret("s1").await, Ok(Some(session(1))));
        assert_eq!(tx.session_by_secret("s9").await, Ok(None));
        assert_eq!(tx.sessions(&acme, &wang).await.unwrap().len(), 3);
        assert_eq!(tx.sessions(&other, &wang).await.unwrap().len(), 0);
        let first = SessionId::of(1);
        tx.touch_session(&acme, &first, after(5)).await.unwrap();
        assert_eq!(tx.renew_session(&other, &first, "x").await, Ok(false));
        assert_eq!(tx.renew_session(&acme, &first, "x").await, Ok(true));
        assert_eq!(tx.session_by_secret("s1").await, Ok(None));
        let renewed = tx.session_by_secret("x").await.unwrap().unwrap();
        assert_eq!(renewed.seen_at, after(5));
        assert_eq!(
            tx.remove_session(&other, &SessionId::of(2)).await,
            Ok(false)
        );
        assert_eq!(tx.remove_session(&acme, &SessionId::of(2)).await, Ok(true));
        assert_eq!(tx.remove_sessions(&other, &wang, None).await, Ok(0));
        assert_eq!(tx.remove_sessions(&acme, &wang, Some(&first)).await, Ok(1));
        let device = Device {
            organisation: acme.clone(),
            user: wang.clone(),
            secret_hash: "d".into(),
            expires_at: after(30),
        };
        tx.add_device(&device).await.unwrap();
        assert_eq!(tx.knows_device(&acme, &wang, "d", after(1)).await, Ok(true));
        assert_eq!(
            tx.knows_device(&acme, &wang, "d", after(31)).await,
            Ok(false)
        );
        assert_eq!(
            tx.knows_device(&other, &wang, "d", after(1)).await,
            Ok(false)
        );
        assert_eq!(tx.forget_devices(&other, &wang).await, Ok(0));
        assert_eq!(tx.forget_devices(&acme, &wang).await, Ok(1));
        assert!(tx.forget_expired(after(10)).await.is_ok());
        assert!(tx.session_by_secret("x").await.unwrap().is_some());
        tx.forget_expired(after(60)).await.unwrap();
        assert_eq!(
            tx.session_by_secret("x").await,
            Ok(None),
            "{}",
            database.kind
        );
    }
}

#[tokio::test]
async fn what_is_for_once_is_worth_something_once() {
    for database in databases().await {
        let store = database.open().await;
        let (acme, other) = people(&store).await;
        let wang = UserId::of(1);
        let authenticator = AuthenticatorRecord {
            organisation: acme.clone(),
            user: wang.clone(),
            secret: "sealed".into(),
            confirmed_at: Some(after(0)),
            last_step: None,
        };
        let mut tx = store.write().await.unwrap();
        tx.keep_authenticator(&authenticator).await.unwrap();
        assert_eq!(
            tx.authenticator(&acme, &wang).await,
            Ok(Some(authenticator))
        );
        assert_eq!(tx.authenticator(&other, &wang).await, Ok(None));
        for (step, taken) in [(7, true), (7, false), (6, false), (8, true)] {
            assert_eq!(tx.take_step(&acme, &wang, step).await, Ok(taken), "{step}");
        }
        assert_eq!(tx.take_step(&other, &wang, 9).await, Ok(false));
        let codes = ["c1".to_owned(), "c2".to_owned()];
        tx.keep_recovery_codes(&acme, &wang, &codes).await.unwrap();
        assert_eq!(tx.take_recovery_code(&other, &wang, "c1").await, Ok(false));
        assert_eq!(tx.take_recovery_code(&acme, &wang, "c1").await, Ok(true));
        assert_eq!(tx.take_recovery_code(&acme, &wang, "c1").await, Ok(false));
        assert_eq!(tx.recovery_codes_left(&acme, &wang).await, Ok(1));
        tx.keep_recovery_codes(&acme, &wang, &codes).await.unwrap();
        assert_eq!(tx.recovery_codes_left(&acme, &wang).await, Ok(2));
        assert_eq!(tx.remove_authenticator(&other, &wang).await, Ok(false));
        assert_eq!(tx.remove_authenticator(&acme, &wang).await, Ok(true));

        let reset = PasswordReset {
            organisation: acme.clone(),
            user: wang.clone(),
            secret_hash: "r".into(),
            created_by: UserId::of(2),
            expires_at: after(60),
        };
        tx.add_reset(&reset).await.unwrap();
        assert_eq!(tx.reset_by_secret("r").await, Ok(Some(reset)));
        assert_eq!(tx.remove_resets(&other, &wang).await, Ok(0));
        assert_eq!(tx.remove_resets(&acme, &wang).await, Ok(1));
        assert_eq!(tx.reset_by_secret("r").await, Ok(None));

        let tried = Attempts {
            failures: 3,
            last_at: Some(after(0)),
        };
        for organisation in [Some(&acme), None] {
            assert_eq!(
                tx.attempts(organisation, "p1").await,
                Ok(Attempts::default())
            );
            tx.set_attempts(organisation, "p1", tried).await.unwrap();
            tx.set_attempts(organisation, "p1", tried).await.unwrap();
            assert_eq!(tx.attempts(organisation, "p1").await, Ok(tried));
        }
        assert_eq!(
            tx.attempts(Some(&other), "p1").await,
            Ok(Attempts::default())
        );
        // Looking at those of somebody who never tried has left an empty record.
        assert_eq!(tx.forget_attempts(after(0)).await, Ok(1));
        assert_eq!(
            tx.forget_attempts(after(1)).await,
            Ok(2),
            "{}",
            database.kind
        );
    }
}

#[tokio::test]
async fn keys_are_withdrawn_one_by_one_or_all_of_an_owners() {
    for database in databases().await {
        let store = database.open().await;
        let (acme, other) = people(&store).await;
        let (wang, li) = (UserId::of(1), UserId::of(2));
        let mut tx = store.write().await.unwrap();
        for (number, user) in [(1, &wang), (2, &wang), (3, &wang), (4, &li)] {
            let token = Token {
                id: TokenId::of(number),
                organisation: acme.clone(),
                user: user.clone(),
                name: "报表".into(),
                secret_hash: format!("t{number}"),
                scopes: vec![],
                expires_at: None,
                used_at: None,
                revoked_at: None,
                created_at: after(0),
            };
            tx.add_token(&token).await.unwrap();
        }
        let page = Page::default();
        assert_eq!(tx.tokens(&acme, None, &page).await.unwrap().items.len(), 4);
        assert_eq!(
            tx.tokens(&acme, Some(&li), &page)
                .await
                .unwrap()
                .items
                .len(),
            1
        );
        assert_eq!(tx.tokens(&other, None, &page).await.unwrap().items.len(), 0);
        let first = TokenId::of(1);
        assert_eq!(tx.token(&other, &first).await, Ok(None));
        tx.touch_token(&acme, &first, after(3)).await.unwrap();
        assert_eq!(tx.revoke_token(&other, &first, after(4)).await, Ok(false));
        assert_eq!(tx.revoke_token(&acme, &first, after(4)).await, Ok(true));
        assert_eq!(tx.revoke_token(&acme, &first, after(5)).await, Ok(false));
        let token = tx.token(&acme, &first).await.unwrap().unwrap();
        assert_eq!(
            (token.used_at, token.revoked_at),
            (Some(after(3)), Some(after(4)))
        );
        assert_eq!(tx.revoke_tokens(&acme, &wang, after(6)).await, Ok(2));
        tx.hold_people(&acme).await.unwrap();
        assert_eq!(tx.administrators(&acme).await, Ok(1));
        assert_eq!(tx.administrators(&other).await, Ok(0));
        let by_email = tx.users_by_email(&acme, "BOTH@example.com").await.unwrap();
        assert_eq!(by_email.len(), 2, "{}", database.kind);
    }
}

#[tokio::test]
async fn a_sign_in_elsewhere_comes_back_once_and_knows_whose_it_is() {
    for database in databases().await {
        let store = database.open().await;
        let (acme, other) = people(&store).await;
        let wang = UserId::of(1);
        let provider = IdentityProvider {
            organisation: acme.clone(),
            issuer: "https://id.example.com".into(),
            client_id: "fenjie".into(),
            client_secret: None,
            label: "企业账号".into(),
            by_email: true,
            revision: 1,
            updated_at: after(0),
        };
        let mut tx = store.write().await.unwrap();
        assert_eq!(tx.keep_identity_provider(&provider, 0).await, Ok(true));
        assert_eq!(tx.keep_identity_provider(&provider, 7).await, Ok(false));
        assert!(tx.identity_provider(&acme).await.unwrap().is_some());
        assert_eq!(tx.identity_provider(&other).await, Ok(None));
        let issuer = &provider.issuer;
        tx.link_elsewhere(&acme, issuer, "w", &wang).await.unwrap();
        assert_eq!(tx.user_elsewhere(&acme, issuer, "w").await, Ok(Some(wang)));
        assert_eq!(tx.user_elsewhere(&other, issuer, "w").await, Ok(None));
        let under_way = SignInElsewhere {
            organisation: acme.clone(),
            state_hash: "s".into(),
            browser_hash: "b".into(),
            nonce: "n".into(),
            verifier: "v".into(),
            redirect_uri: "https://fenjie.example.com/back".into(),
            return_to: "/".into(),
            expires_at: after(10),
        };
        tx.add_sign_in_elsewhere(&under_way).await.unwrap();
        assert_eq!(tx.take_sign_in_elsewhere("s").await, Ok(Some(under_way)));
        assert_eq!(
            tx.take_sign_in_elsewhere("s").await,
            Ok(None),
            "{}",
            database.kind
        );
        assert_eq!(tx.remove_identity_provider(&other).await, Ok(false));
        assert_eq!(tx.remove_identity_provider(&acme).await, Ok(true));
    }
}

#[tokio::test]
async fn secrets_lie_concealed_in_the_database() {
    for database in databases().await {
        let store = database.open().await;
        let (acme, _) = people(&store).await;
        let channel = fenjie_store::channel::Channel {
            id: fenjie_store::ChannelId::of(1),
            organisation: acme.clone(),
            name: "销售群".into(),
            kind: "webhook".into(),
            address: "https://robot.example/hook?key=plainaddress".into(),
            secret: Some("plainchannel".into()),
            language: None,
            active: true,
            revision: 1,
            updated_at: after(0),
        };
        let authenticator = AuthenticatorRecord {
            organisation: acme.clone(),
            user: UserId::of(1),
            secret: "PLAINAUTHENTICATOR".into(),
            confirmed_at: None,
            last_step: None,
        };
        let provider = IdentityProvider {
            organisation: acme.clone(),
            issuer: "https://id.example".into(),
            client_id: "fenjie".into(),
            client_secret: Some("plainprovider".into()),
            label: "id".into(),
            by_email: false,
            revision: 1,
            updated_at: after(0),
        };
        let mut tx = store.write().await.unwrap();
        tx.add_channel(&channel).await.unwrap();
        tx.keep_authenticator(&authenticator).await.unwrap();
        assert!(tx.keep_identity_provider(&provider, 0).await.unwrap());
        tx.commit().await.unwrap();
        let mut tx = store.read().await.unwrap();
        let read = tx.channel(&acme, &channel.id).await.unwrap();
        assert_eq!(read, Some(channel.clone()));
        let read = tx.authenticator(&acme, &UserId::of(1)).await.unwrap();
        assert_eq!(read, Some(authenticator));
        let read = tx.identity_provider(&acme).await.unwrap();
        assert_eq!(read, Some(provider));
        drop(tx);
        // A copy is a SQLite file, whichever kind of database it is of.
        for entry in std::fs::read_dir(database.folder()).unwrap() {
            let bytes = std::fs::read(entry.unwrap().path()).unwrap_or_default();
            for secret in ["plainaddress", "plainchannel", "PLAINAUTH", "plainprovider"] {
                let found = bytes
                    .windows(secret.len())
                    .any(|window| window == secret.as_bytes());
                assert!(!found, "{secret}");
            }
        }
        // With another key they are refused, never guessed.
        drop(store);
        std::fs::write(database.folder().join(fenjie_store_sql::SEAL_FILE), [7; 32]).unwrap();
        let store = database.open().await;
        let mut tx = store.read().await.unwrap();
        let refused = tx.channel(&acme, &channel.id).await.unwrap_err();
        assert!(refused.to_string().contains("audit.key"), "{refused}");
    }
}
