(* Stationary points and global maxima, of the shapes that log-likelihoods have. *)
From Coq Require Import Reals Lra Lia.
From Lossproof Require Import Sums Powers Signs.
Open Scope R_scope.

(* ----------------------------------------------------------------- the logarithm lies below x - 1 *)
Lemma ln_below x : 0 < x -> ln x <= x - 1.
Proof. intros H. generalize (exp_ineq1_le (ln x)); rewrite exp_ln; lra. Qed.
Lemma ln_strictly_below x : 0 < x -> x <> 1 -> ln x < x - 1.
Proof.
  intros H D. assert (ln x <> 0) by (intro E; apply D, ln_inv; [auto|lra|rewrite ln_1; auto]).
  generalize (exp_ineq1 (ln x) H0); rewrite exp_ln; lra.
Qed.

Lemma bounded_by a b c d : b <= c -> a = b -> d = c -> a <= d.
Proof. lra. Qed.

(* ------------------------------------------------------------------------- Lagrange's stationarity *)
(* t_k / y_k = lam for all k and sum y = 1 hold exactly where lam = sum t and y_k = t_k / sum t. *)
Lemma lagrange K t y lam s : s <> 0 -> sum K t = s -> (forall k, (1 <= k <= K)%nat -> t k <> 0) ->
  ((forall k, (1 <= k <= K)%nat -> y k <> 0) /\ (forall k, (1 <= k <= K)%nat -> t k / y k = lam) /\ sum K y = 1)
  <-> ((forall k, (1 <= k <= K)%nat -> y k = t k / s) /\ lam = s).
Proof.
  intros Hs Ht H0; split.
  - intros (Hy & He & H1).
    assert (E : forall k, (1 <= k <= K)%nat -> t k = lam * y k)
      by (intros k Hk; rewrite <- (He k Hk); field; auto).
    assert (L : lam = s) by (rewrite <- Ht, (sum_ext _ _ _ E), sum_scal, H1; ring).
    split; auto. intros k Hk; rewrite (E k Hk), L; field; auto.
  - intros (Hy & ->). repeat split.
    + intros k Hk; rewrite (Hy k Hk). unfold Rdiv; apply Rmult_integral_contrapositive_currified; auto.
      apply Rinv_neq_0_compat; auto.
    + intros k Hk; rewrite (Hy k Hk); field; auto.
    + rewrite (sum_ext K y (fun k => / s * t k)); [rewrite sum_scal, Ht; field; auto|].
      intros k Hk; rewrite (Hy k Hk); field; auto.
Qed.

(* --------------------------------------------------------------------------------- Gibbs' inequality *)
(* One term: t ln y - t ln (t/s) <= s y - t, with equality at y = t/s alone. *)
Lemma gibbs_term t y s : 0 <= t -> 0 <= y -> 0 < s -> (t <> 0 -> 0 < y) -> t * ln y - t * ln (t / s) <= s * y - t.
Proof.
  intros [Ht|<-] Hy Hs Hty; [|generalize (Rmult_le_pos s y); lra].
  specialize (Hty (Rgt_not_eq _ _ Ht)). assert (Hr : 0 < t / s) by (apply Rdiv_lt_0_compat; auto).
  replace (t * ln y - t * ln (t / s)) with (t * ln (y / (t / s))) by (rewrite (ln_div y (t / s)) by auto; ring).
  replace (s * y - t) with (t * (y / (t / s) - 1)) by (field; lra).
  apply Rmult_le_compat_l; [lra|]. apply ln_below, Rdiv_lt_0_compat; auto.
Qed.
Lemma gibbs_term_unique t y s : 0 <= t -> 0 <= y -> 0 < s -> (t <> 0 -> 0 < y) ->
  t * ln y - t * ln (t / s) = s * y - t -> y = t / s.
Proof.
  intros [Ht|<-] Hy Hs Hty E.
  - specialize (Hty (Rgt_not_eq _ _ Ht)). assert (Hr : 0 < t / s) by (apply Rdiv_lt_0_compat; auto).
    destruct (Req_dec y (t / s)) as [|D]; auto; exfalso.
    assert (0 < y / (t / s)) by (apply Rdiv_lt_0_compat; auto).
    assert (y / (t / s) <> 1) by (intro F; apply D; replace y with (y / (t / s) * (t / s)) by (field; lra);
      rewrite F; ring).
    assert (Lt : t * ln (y / (t / s)) < t * (y / (t / s) - 1))
      by (apply Rmult_lt_compat_l; auto; apply ln_strictly_below; auto).
    replace (t * ln (y / (t / s))) with (t * ln y - t * ln (t / s)) in Lt
      by (rewrite (ln_div y (t / s)) by auto; ring).
    replace (t * (y / (t / s) - 1)) with (s * y - t) in Lt by (field; lra). lra.
  - unfold Rdiv; rewrite Rmult_0_l in *. apply (Rmult_eq_reg_l s); lra.
Qed.
(* Among all y with sum 1 the fractions t_k / s make sum t_k ln y_k largest, where 0 ln 0 = 0. *)
Theorem gibbs K t y s : sum K t = s -> 0 < s -> (forall k, (1 <= k <= K)%nat -> 0 <= t k) ->
  (forall k, (1 <= k <= K)%nat -> 0 <= y k) -> sum K y = 1 ->
  (forall k, (1 <= k <= K)%nat -> t k <> 0 -> 0 < y k) ->
  sum K (fun k => t k * ln (y k)) <= sum K (fun k => t k * ln (t k / s)).
Proof.
  intros Es Hs Ht Hy H1 Hty.
  assert (H : sum K (fun k => t k * ln (y k) - t k * ln (t k / s)) <= sum K (fun k => s * y k - t k))
    by (apply sum_le; intros; apply gibbs_term; auto).
  rewrite !sum_minus, sum_scal, H1, Es in H. lra.
Qed.
(* ... and they alone. *)
Theorem gibbs_unique K t y s : sum K t = s -> 0 < s -> (forall k, (1 <= k <= K)%nat -> 0 <= t k) ->
  (forall k, (1 <= k <= K)%nat -> 0 <= y k) -> sum K y = 1 ->
  (forall k, (1 <= k <= K)%nat -> t k <> 0 -> 0 < y k) ->
  sum K (fun k => t k * ln (y k)) = sum K (fun k => t k * ln (t k / s)) ->
  forall k, (1 <= k <= K)%nat -> y k = t k / s.
Proof.
  intros Es Hs Ht Hy H1 Hty E k Hk. apply gibbs_term_unique; auto.
  assert (Z : sum K (fun k => (s * y k - t k) - (t k * ln (y k) - t k * ln (t k / s))) = 0)
    by (rewrite !sum_minus, sum_scal, H1, Es; lra).
  apply sum_zero_inv with (k := k) in Z; auto; [lra|].
  intros i Hi; generalize (gibbs_term (t i) (y i) s (Ht i Hi) (Hy i Hi) Hs (Hty i Hi)); lra.
Qed.
(* On the closed simplex: what the certificates of categorical data cite. *)
Lemma simplex_maximum K t y s c : sum K t = s -> 0 < s -> (forall k, (1 <= k <= K)%nat -> 0 <= t k) ->
  (forall k, (1 <= k <= K)%nat -> 0 <= y k) -> sum K y = 1 ->
  (forall k, (1 <= k <= K)%nat -> t k <> 0 -> 0 < y k) ->
  c + sum K (fun k => t k * ln (y k)) <= c + sum K (fun k => t k * ln (t k / s)).
Proof. intros; apply Rplus_le_compat_l, gibbs; auto. Qed.
(* The same for the likelihood itself, boundary included: the categorical maximum-likelihood estimate. *)
Theorem categorical_mle K t y s : sum K t = s -> 0 < s -> (forall k, (1 <= k <= K)%nat -> 0 <= t k) ->
  (forall k, (1 <= k <= K)%nat -> 0 <= y k) -> sum K y = 1 ->
  prod K (fun k => rpow (y k) (t k)) <= prod K (fun k => rpow (t k / s) (t k)).
Proof.
  intros Es Hs Ht Hy H1.
  assert (P : forall k, (1 <= k <= K)%nat -> 0 < rpow (t k / s) (t k)).
  { intros k Hk. destruct (Ht k Hk) as [H|<-]; [|rewrite rpow_0; lra]. apply rpow_pos, Rdiv_lt_0_compat; auto. }
  assert (D : (exists k, (1 <= k <= K)%nat /\ y k = 0 /\ t k <> 0) \/
              forall k, (1 <= k <= K)%nat -> t k <> 0 -> 0 < y k).
  { clear - Hy. induction K as [|K IH]; [right; lia|].
    destruct IH as [(k & A & B)|IH]; [intros; apply Hy; lia|left; exists k; split; auto; lia|].
    destruct (Hy (S K)) as [p|z]; [lia| |].
    - right; intros k Hk Htk. destruct (Nat.eq_dec k (S K)) as [->|]; auto. apply IH; auto; lia.
    - destruct (Req_dec (t (S K)) 0) as [E|E]; [right|left; exists (S K); repeat split; auto; lia].
      intros k Hk Htk. destruct (Nat.eq_dec k (S K)) as [->|]; [tauto|]. apply IH; auto; lia. }
  destruct D as [(k & Hk & Z & Htk)|D].
  - rewrite (prod_zero K _ k Hk) by (rewrite Z; apply rpow_zero; auto).
    apply prod_nonneg; intros; left; auto.
  - assert (Q : forall k, (1 <= k <= K)%nat -> 0 < rpow (y k) (t k)).
    { intros k Hk; destruct (Req_dec (t k) 0) as [->|E]; [rewrite rpow_0; lra|apply rpow_pos; auto]. }
    assert (L : forall x a, 0 <= a -> (a <> 0 -> 0 < x) -> ln (rpow x a) = a * ln x).
    { intros x a Ha Hx. destruct (Req_dec a 0) as [->|E]; [rewrite rpow_0, ln_1; ring|apply ln_pow; auto]. }
    apply Rnot_lt_le; intros X. apply ln_increasing in X; [|apply prod_pos; auto].
    rewrite !ln_prod in X by auto. revert X; apply Rle_not_lt.
    rewrite (sum_ext K (fun k => ln (rpow (y k) (t k))) (fun k => t k * ln (y k))) by (intros; apply L; auto).
    rewrite (sum_ext K (fun k => ln (rpow (t k / s) (t k))) (fun k => t k * ln (t k / s))).
    + apply gibbs; auto.
    + intros k Hk; apply L; auto. intros E. apply Rdiv_lt_0_compat; auto. destruct (Ht k Hk); [auto|congruence].
Qed.

(* ------------------------------------------------------------------------------------ one parameter *)
(* a ln x + b ln (1 - x) on [0, 1]: Bernoulli, binomial, geometric. *)
Lemma two_logs_maximum a b x c : 0 <= a -> 0 <= b -> 0 < a + b -> 0 <= x -> x <= 1 ->
  (a <> 0 -> 0 < x) -> (b <> 0 -> 0 < 1 - x) ->
  c + a * ln x + b * ln (1 - x) <= c + a * ln (a / (a + b)) + b * ln (1 - a / (a + b)).
Proof.
  intros Ha Hb Hs Hx Hx1 Hax Hbx.
  replace (1 - a / (a + b)) with (b / (a + b)) by (field; lra).
  generalize (gibbs_term a x (a + b) Ha Hx Hs Hax).
  assert (H1 : 0 <= 1 - x) by lra. generalize (gibbs_term b (1 - x) (a + b) Hb H1 Hs Hbx). lra.
Qed.
(* a ln x - b x for x > 0: Poisson, exponential. *)
Lemma log_linear_maximum a b x c : 0 < a -> 0 < b -> 0 < x ->
  c + a * ln x - b * x <= c + a * ln (a / b) - b * (a / b).
Proof.
  intros Ha Hb Hx. assert (H0 : 0 <= x) by lra. assert (Ha0 : 0 <= a) by lra.
  generalize (gibbs_term a x b Ha0 H0 Hb (fun _ => Hx)).
  replace (b * (a / b)) with a by (field; lra). lra.
Qed.
(* - a (x - m)^2: the mean of a Gaussian, and whatever is quadratic. *)
Lemma quadratic_maximum a b x c : 0 < a -> c + b * x - a * x ^ 2 <= c + b * (b / (2 * a)) - a * (b / (2 * a)) ^ 2.
Proof.
  intros Ha. apply at_most.
  replace (c + b * (b / (2 * a)) - a * (b / (2 * a)) ^ 2 - (c + b * x - a * x ^ 2)) with (a * (x - b / (2 * a)) ^ 2)
    by (field; lra).
  apply Rmult_le_pos; [lra|apply pow2_ge_0].
Qed.
(* - a ln x - b / x^2 for x > 0: the standard deviation of a Gaussian. *)
Lemma scale_maximum a b x c : 0 < a -> 0 < b -> 0 < x ->
  c - a * ln x - b / x ^ 2 <= c - a * ln (sqrt (2 * b / a)) - b / sqrt (2 * b / a) ^ 2.
Proof.
  intros Ha Hb Hx. assert (Q : 0 < 2 * b / a) by (apply Rdiv_lt_0_compat; lra).
  assert (X : 0 < x ^ 2) by (apply pow_lt; auto).
  rewrite root_square, ln_root by lra.
  assert (R : 0 < 2 * b / a / x ^ 2) by (apply Rdiv_lt_0_compat; auto).
  generalize (ln_below _ R). rewrite ln_div, (ln_power x 2) by auto. simpl INR.
  intros L. apply (Rmult_le_compat_l (a / 2)) in L; [|lra].
  replace (b / (2 * b / a)) with (a / 2) by (field; lra).
  replace (a / 2 * (2 * b / a / x ^ 2 - 1)) with (b / x ^ 2 - a / 2) in L by (field; lra). lra.
Qed.
